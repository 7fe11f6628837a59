import { InputError } from '../../errors.js'
import { encodeFrame, frameTypes, maxShortPayload } from './frame.js'

/** What a slot needs to start a guest. */
export interface GuestStart {
  /** The command: `env` and its assignments in front of it become the environment, which is otherwise empty. */
  readonly command: readonly string[]
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
  const { variables, words } = splitEnvironment(command)
  const header = Buffer.alloc(16)
  header.writeUInt32LE(reportSize, 0)
  header.writeUInt32LE(request.length, 4)
  header.writeUInt32LE(variables.length, 8)
  header.writeUInt32LE(words.length, 12)
  const strings = Buffer.from([...variables, ...words].map(text => `${text}\0`).join(''))
  const size = header.length + request.length + strings.length
  if (size > maxShortPayload) {
    throw new InputError(
      `Expected a QEMU command and a request of at most ${maxShortPayload} bytes for the nested host, got ${size}`,
    )
  }
  return encodeFrame(frameTypes.start, header, request, strings)
}

/** There is no env(1) in the nested host: the agent sets the environment itself. */
function splitEnvironment(command: readonly string[]) {
  if (command[0] !== 'env') return { variables: [], words: command }
  const program = command.findIndex((word, index) => index > 0 && !word.includes('='))
  return { variables: command.slice(1, program), words: command.slice(program) }
}
