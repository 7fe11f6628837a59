import type { CliResult, StartedCommand } from '../fixtures/sandbox.js'
import { bzImage } from '../images/kernel/synthetic.js'
import type { Bench } from './bench.js'

// The 16-bit entry of a kernel (Linux' Documentation/arch/x86/boot.rst): a short jump over the header, DS at the beginning of the setup.
const entryAt = 0x200
const codeAt = 0x270
const textAt = 0x300

/** Machine code for the end of {@link realKernel}: an interrupt without a table to look it up in. */
export const tripleFault = [0x0f, 0x01, 0x1e, 0x00, 0x04, 0xcc]

/** Machine code that loops. */
export const loop = [0xeb, 0xfe]

/** A bzImage that a real QEMU starts: it writes a line to its console, and does what the machine code says. */
export function realKernel(code: readonly number[]): Buffer {
  const image = bzImage()
  image.set([0xeb, codeAt - entryAt - 2], entryAt)
  const print = [0xfc, 0xbe, textAt & 0xff, textAt >> 8, 0xac, 0x84, 0xc0, 0x74, 0x06]
  image.set([...print, 0xba, 0xf8, 0x03, 0xee, 0xeb, 0xf5, ...code], codeAt)
  image.write('[    0.000000] Linux version 6.1.0\r\n\0', textAt, 'latin1')
  // Where it lies, and how high an initramfs may.
  image.writeUInt8(1, 0x211)
  image.writeUInt32LE(0x7fffffff, 0x22c)
  // What LIDT takes: a table of no bytes.
  image.fill(0, 0x400, 0x406)
  return image
}

/** Starts a run of one guest, which does what the machine code says, in this machine's QEMU or another command. */
export function startReal(
  { sandbox, format, output }: Bench,
  code: readonly number[],
  qemu = 'qemu-system-x86_64',
): StartedCommand {
  const kernel = sandbox.write('real', realKernel(code))
  const file = sandbox.writeScenarios({ first: { steps: [] } })
  return sandbox.start(
    sandbox.command(
      ...['run', file, '--kernel', kernel, '--accel', 'tcg', '--qemu', qemu],
      ...['--format', format, '--output', output],
    ),
  )
}

/** Runs it to its end. */
export async function runReal(
  bench: Bench,
  code: readonly number[],
  qemu?: string,
): Promise<CliResult> {
  return startReal(bench, code, qemu).ended
}
