import { InputError } from '../../errors.js'
import { assignmentsOf, type QemuCommand } from '../qemu-command.js'
import { encodeFrame, frameTypes, maxShortPayload } from './frame.js'

/** What a slot needs to start a guest. */
export interface GuestStart {
  /** Its environment is all that QEMU has in there. */
  readonly command: QemuCommand
  /** The size of the memory that the guest reports through, in bytes; 0 where it has none. */
  readonly reportSize: number
  /** What stands at its beginning. */
  readonly request: Uint8Array
}

/**
 * The frame that starts a guest.
 *
 * @throws InputError where the command is longer than the agent takes
 */
export function encodeStart({ command, reportSize, request }: GuestStart): Buffer {
  const variables = assignmentsOf(command.environment)
  const header = Buffer.alloc(16)
  header.writeUInt32LE(reportSize, 0)
  header.writeUInt32LE(request.length, 4)
  header.writeUInt32LE(variables.length, 8)
  header.writeUInt32LE(command.argv.length, 12)
  const strings = Buffer.from([...variables, ...command.argv].map(text => `${text}\0`).join(''))
  const size = header.length + request.length + strings.length
  if (size > maxShortPayload) {
    throw new InputError(
      `Expected a QEMU command and a request of at most ${maxShortPayload} bytes for the nested host, got ${size}`,
    )
  }
  return encodeFrame(frameTypes.start, header, request, strings)
}
