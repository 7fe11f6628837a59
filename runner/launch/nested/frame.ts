/**
 * What passes between guise and a slot of the nested host: guest/agent/PROTOCOL.md is the contract, guest/agent/protocol.h
 * the agent's copy of it, and test/launch/nested/protocol.test.ts holds the three together.
 */
export const agentVersion = 3

/** What the names of the virtio-serial ports start with. */
export const portPrefix = 'guise.slot.'

/** The kinds of frames, by direction. */
export const frameTypes = {
  ping: 1,
  file: 2,
  start: 3,
  look: 4,
  end: 5,
  ask: 6,
  show: 7,
  hello: 65,
  pong: 66,
  stored: 67,
  console: 68,
  stderr: 69,
  report: 70,
  exit: 71,
  refused: 72,
  stdout: 73,
  answer: 74,
  picture: 75,
} as const

/** How a guest's QEMU ended: with a status, by a signal, or never started (an errno). */
export const exitKinds = { byStatus: 0, bySignal: 1, neverRan: 2 } as const

/** The longest payload that the agent takes, of a file's frame apart. */
export const maxShortPayload = 0x10000

/** The most bytes of a picture that the agent sends. */
export const maxPicture = 0x1000000

/** One message. */
export interface Frame {
  readonly type: number
  readonly payload: Buffer
}

const headerSize = 8
// No frame that the agent sends is longer than a guest's shared memory.
const maxPayload = 64 * 1024 * 1024

/** A frame as it goes over the port. */
export function encodeFrame(type: number, ...payload: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(headerSize)
  header.writeUInt32LE(type, 0)
  header.writeUInt32LE(
    payload.reduce((sum, { length }) => sum + length, 0),
    4,
  )
  return Buffer.concat([header, ...payload])
}

/** Takes frames out of a stream that comes in pieces. */
export class FrameDecoder {
  #pieces: Buffer[] = []
  #length = 0

  /**
   * @returns the frames that are whole by now
   * @throws RangeError where the stream is none of frames
   */
  push(bytes: Buffer): Frame[] {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    const frames: Frame[] = []
    for (;;) {
      const header = this.#peek(headerSize)
      if (header === null) return frames
      const size = header.readUInt32LE(4)
      if (size > maxPayload) throw new RangeError(`a frame of ${size} bytes`)
      const whole = this.#peek(headerSize + size)
      if (whole === null) return frames
      frames.push({ type: header.readUInt32LE(0), payload: whole.subarray(headerSize) })
      this.#drop(headerSize + size)
    }
  }

  // The pieces are joined once for each frame, not for each piece: a report comes in hundreds.
  #peek(size: number): Buffer | null {
    if (this.#length < size) return null
    if ((this.#pieces[0]?.length ?? 0) < size) this.#pieces = [Buffer.concat(this.#pieces)]
    return this.#pieces[0]?.subarray(0, size) ?? null
  }

  #drop(size: number): void {
    const rest = this.#pieces[0]?.subarray(size) ?? Buffer.alloc(0)
    this.#pieces = rest.length > 0 ? [rest, ...this.#pieces.slice(1)] : this.#pieces.slice(1)
    this.#length -= size
  }
}
