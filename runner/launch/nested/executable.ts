import { Executable } from '../../cpuid/executable.js'
import type { NestedHostImage } from '../../../images/nested/build.js'
import { Memo } from '../../cache/memo.js'
import { tinyGuest } from '../../paths.js'
import {
  askedModel,
  executableItems,
  executableSchema,
  parseExecutable,
} from '../executable-answers.js'
import type { NestedHost } from './host.js'

/** Of a run's nested host, what is needed to ask it. */
export interface AskedNestedHost {
  readonly image: () => Promise<NestedHostImage>
  readonly host: () => Promise<Pick<NestedHost, 'run'>>
}

const answers = new Memo('nested-executable', executableSchema)

/**
 * Learns what KVM in the nested host can execute, by what QEMU's model `max` shows there to the tiny guest. It is remembered for the
 * image: all that decides it is in there, the emulator of the host's CPU too.
 *
 * @returns null if the guest does not say
 * @throws NestedHostUnavailableError if there is no nested host
 */
export async function learnNestedExecutable(nested: AskedNestedHost): Promise<Executable | null> {
  const image = await nested.image()
  const parts = [image.initramfs.sha256, image.kernel.sha256, image.qemuVersion]
  const key = [...parts, askedModel, ...executableItems].join(' ')
  const known = answers.get(key)
  if (known !== undefined) return new Executable(known.value)
  const leaves = parseExecutable(await outputOf(await nested.host()))
  if (leaves === null) return null
  await answers.set(key, leaves)
  return new Executable(leaves)
}

async function outputOf(host: Pick<NestedHost, 'run'>): Promise<string> {
  const output: Buffer[] = []
  const guest = await host.run({
    kernel: tinyGuest,
    initramfs: tinyGuest,
    override: null,
    command: ({ qemu, kernel, console }) => ({
      environment: {},
      argv: [
        ...qemu,
        ...['-M', 'pc', '-accel', 'kvm', '-cpu', askedModel, '-m', '32'],
        ...['-no-reboot', '-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none'],
        // The agent reads what is logged of the console.
        ...['-chardev', `null,id=out,logfile=${console.kind === 'pty' ? console.log : ''}`],
        ...['-device', 'isa-debugcon,chardev=out,iobase=0xe9'],
        ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
        ...['-kernel', kernel, '-append', `cpuid=${executableItems.join(',')}`],
      ],
    }),
    report: { size: 4096, request: new Uint8Array() },
    onConsole: bytes => output.push(bytes),
  })
  await guest.exited
  return Buffer.concat(output).toString('latin1')
}
