import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type { QemuExit } from '../qemu-process.js'
import { exitKinds } from './frame.js'

/**
 * Reads the payload of an exit frame.
 *
 * @param written - what QEMU had written until then
 */
export function decodeExit(
  payload: Buffer,
  { stdout, stderr }: Pick<QemuExit, 'stdout' | 'stderr'>,
): QemuExit {
  const [kind, value] = [payload.readUInt32LE(0), payload.readUInt32LE(4)]
  return {
    code: kind === exitKinds.byStatus ? value : null,
    signal: kind === exitKinds.bySignal ? signalName(value) : null,
    failedToStart:
      kind === exitKinds.neverRan
        ? `the nested host could not start QEMU: ${getSystemErrorName(-value)}`
        : null,
    stdout,
    stderr,
  }
}

// Both sides are Linux on x86-64: one numbering.
function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return found?.[0] ?? `signal ${number}`
}
