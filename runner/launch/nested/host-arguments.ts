import type { NestedHostImage } from '../../../images/nested/build.js'
import { untouched } from '../../cpuid/register-edit.js'
import { formatOverrideTable } from '../../plan/override-table.js'
import { preloadEnvironment, type OverrideFiles, type QemuCommand } from '../qemu-command.js'
import { confinementArguments } from '../sandbox.js'
import { portPrefix } from './frame.js'

/** What the QEMU of a nested host is given. */
export interface HostFiles {
  readonly image: NestedHostImage
  /** Whether this machine's kernel can confine QEMU by `-sandbox`. */
  readonly sandbox: boolean
  /** The arguments by which it gives up root's rights. */
  readonly rights: readonly string[]
  /** Where its own console goes. */
  readonly console: string
  /** One Unix socket for each slot, on which guise listens. */
  readonly ports: readonly string[]
  /** How fast the TSC of this machine counts, in kHz; null where that is not known. */
  readonly tscKhz: number | null
  /** The object that overrides CPUID, and the file of {@link hostTable}. */
  readonly override: OverrideFiles
}

/** How large the nested host is. */
export interface HostSize {
  /** That run guests. */
  readonly cpus: number
  /** In megabytes. */
  readonly memory: number
}

/**
 * `mitigations=off`: nothing in there is worth protecting from the other, and each mitigation is a detour on each exit.
 * `panic=-1` reboots at once, which `-no-reboot` makes an end.
 * `isolcpus=0`: no guest may run on the first CPU. Under TCG each FXRSTOR or XRSTOR, of any CPU, rewrites the first one's
 * hflags2 without a lock (cpu_clear_ignne() in QEMU's target/i386/tcg/system/fpu_helper.c, up to 11.1 at least), which undoes
 * what a VMRUN or #VMEXIT there has just set: guests, and the host itself, were reset at random.
 * `no_timer_check`: the check counts ticks within a few milliseconds, in which a busy machine runs no host: it panicked with
 * "IO-APIC + timer doesn't work!" (Linux arch/x86/kernel/apic/io_apic.c, timer_irq_works()).
 */
const commandLine =
  'console=ttyS0 quiet panic=-1 oops=panic mitigations=off isolcpus=0 no_timer_check'

/**
 * What the kernel of an emulated host is told of its TSC, which is this machine's (host-tsc.ts): that it can be relied upon, and how
 * fast it counts. Left to itself a kernel measures that against emulated timers, in a few milliseconds of a busy machine, and
 * believes what comes of it: 8.7 times too low was seen. (Linux Documentation/admin-guide/kernel-parameters.txt.)
 */
export function tscParameters(khz: number | null): string {
  return khz === null ? 'tsc=reliable' : `tsc=reliable tsc_early_khz=${khz}`
}

/**
 * TCG's TSC runs at the rate of this machine's, and TCG does not say so (CPUID.80000007H:EDX[8], "invariant TSC"; AMD APM
 * vol. 3). KVM offers its guests an invariant TSC, and QEMU the timing leaf 0x40000010, only where the host has that bit.
 */
export const hostTable = formatOverrideTable(
  {
    absent: [],
    edits: [
      {
        leaf: 0x80000007,
        subleaf: null,
        registers: {
          eax: untouched,
          ebx: untouched,
          ecx: untouched,
          edx: { keep: ~0x100 >>> 0, set: 0x100 },
        },
      },
    ],
  },
  'tcg',
)

/** The whole command of a nested host. */
export function hostCommand(files: HostFiles, size: HostSize): QemuCommand {
  const argv = [
    ...files.image.emulator,
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
    // Debian 13's QEMU is built with it.
    ...confinementArguments(files.sandbox, files.rights),
    ...['-machine', 'q35,hpet=off,vmport=off'],
    // A nested host whose CPUs are all emulated by one thread was seen to wedge.
    ...['-accel', 'tcg,thread=multi'],
    ...['-cpu', 'max,+svm'],
    // One more than run guests: the first runs none.
    ...['-smp', String(size.cpus + 1), '-m', `${size.memory}M`],
    ...['-kernel', files.image.kernel.path, '-initrd', files.image.initramfs.path],
    ...['-append', `${commandLine} ${tscParameters(files.tscKhz)}`],
    ...['-chardev', `file,id=console,path=${escape(files.console)}`, '-serial', 'chardev:console'],
    ...['-device', `virtio-serial-pci,max_ports=${files.ports.length + 1}`],
    ...files.ports.flatMap((path, slot) => [
      '-chardev',
      `socket,id=slot${slot},path=${escape(path)}`,
      '-device',
      `virtserialport,chardev=slot${slot},name=${portPrefix}${slot}`,
    ]),
  ]
  const parent = files.rights.length > 0 ? files.override.object : null
  return { environment: preloadEnvironment({ ...files, parent }), argv }
}

/** A comma within a value is doubled. */
function escape(path: string): string {
  return path.replaceAll(',', ',,')
}
