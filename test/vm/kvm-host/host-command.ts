import { availableParallelism } from 'node:os'
import { tscParameters } from '../../../runner/launch/nested/host-arguments.js'
import type { HostImage } from './host-image.js'

/** What the QEMU of an emulated host is given. */
export interface HostFiles {
  readonly image: HostImage
  /** Unix sockets: virtiofsd's, and the one on which the agent is heard. */
  readonly sockets: { readonly files: string; readonly agent: string }
  /** Where its own console goes. */
  readonly console: string
  /** The object that overrides CPUID, and its table. */
  readonly override: { readonly object: string; readonly table: string }
  /** For the agent: paths on this machine, which are the same in there. */
  readonly environment: Readonly<Record<string, string>>
  /** The rate of this machine's TSC, which is also the emulated one's. */
  readonly tscKhz: number | null
}

/**
 * The whole command of an emulated AMD host with SVM, nearly as the nested host's (runner/launch/nested/host-arguments.ts
 * says why, also of `isolcpus=0`).
 */
export function hostCommand(host: HostFiles): string[] {
  const { object, table } = host.override
  return [
    ...['env', `LD_PRELOAD=${object}`, `GUISE_CPUID_TABLE=${table}`],
    ...host.image.emulator,
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
    ...['-machine', 'q35,hpet=off,vmport=off,memory-backend=memory'],
    // virtiofsd reads and writes the host's memory.
    ...['-object', `memory-backend-memfd,id=memory,size=${memory}M,share=on`, '-m', `${memory}M`],
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max,+svm'],
    ...['-smp', String(availableParallelism() + 1)],
    ...['-kernel', host.image.kernel, '-initrd', host.image.initramfs],
    ...['-append', commandLine(host)],
    ...['-chardev', `file,id=console,path=${host.console}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=files,path=${host.sockets.files}`],
    ...['-device', 'vhost-user-fs-pci,chardev=files,tag=host'],
    ...['-chardev', `socket,id=agent,path=${host.sockets.agent}`, '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=agent,name=agent'],
  ]
}

/** In megabytes, taken as it is used: two guests of a quarter of a gigabyte, Node twice, what is written, the page cache. */
const memory = 3072

/** What the kernel does not know and has no dot goes to init as its environment (Linux' Documentation/admin-guide). */
function commandLine({ environment, tscKhz }: HostFiles): string {
  return [
    'console=ttyS0 quiet panic=-1 oops=panic mitigations=off isolcpus=0 no_timer_check',
    tscParameters(tscKhz),
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
  ].join(' ')
}
