import type { WindowSize } from '../../terminal/window-size.js'
import {
  endedByStatus,
  frameError,
  frameHello,
  frameOutput,
  frameSize,
  frameStart,
  frameStatus,
  frameTrouble,
  maxFromGuest,
  maxToGuest,
  modeCommand,
  modeShell,
  shellVersion,
} from './layout.js'
import type { ShellPurpose } from './purpose.js'

/** A frame that came from the guest. */
export interface Frame {
  readonly type: number
  readonly payload: Buffer
}

const headerSize = 8

/** What the guest is told in answer to its hello. */
export function encodeStart(purpose: ShellPurpose): Buffer {
  const { name, term, size, command, request } = purpose
  const mode = command === null ? modeShell : modeCommand
  const texts = [name, term, command ?? ''].map(text => `${text}\0`).join('')
  const numbers = [mode, size?.rows ?? 0, size?.columns ?? 0, request.length]
  return frame(frameStart, Buffer.concat([words(numbers), request, Buffer.from(texts)]))
}

/** How many bytes of a command fit into such an answer. */
export function roomForCommand(purpose: Omit<ShellPurpose, 'command'>): number {
  return maxToGuest + headerSize - encodeStart({ ...purpose, command: '' }).length
}

/** What the guest is told when the terminal has another size. */
export function encodeSize({ rows, columns }: WindowSize): Buffer {
  return frame(frameSize, words([rows, columns]))
}

/** The exit status of a command by its frame: as it is, or 128 and the signal that killed it. Null for a payload of no such frame. */
export function statusIn(payload: Buffer): number | null {
  if (payload.length !== 8) return null
  const [kind, number] = [payload.readUInt32LE(0), payload.readUInt32LE(4)]
  return kind === endedByStatus ? number & 0xff : 128 + (number & 0x7f)
}

/** Takes frames out of the bytes of the control line. */
export class FrameReader {
  #held = Buffer.alloc(0)
  #greeted = false

  /**
   * Takes bytes, and gives the frames that are whole by now. What comes before the hello is passed over.
   *
   * @throws Error where something else than a frame comes
   */
  feed(bytes: Buffer): Frame[] {
    this.#held = Buffer.concat([this.#held, bytes])
    if (!this.#greeted) this.#greet()
    const frames: Frame[] = []
    while (this.#greeted && this.#held.length >= headerSize) {
      const [type, length] = [this.#held.readUInt32LE(0), this.#held.readUInt32LE(4)]
      if (length > maxFromGuest) throw new Error(`the guest sent a frame of ${length} bytes`)
      if (!fromGuest.has(type)) throw new Error(`the guest sent a frame of type ${type}`)
      if (this.#held.length < headerSize + length) break
      frames.push({ type, payload: this.#held.subarray(headerSize, headerSize + length) })
      this.#held = this.#held.subarray(headerSize + length)
    }
    return frames
  }

  #greet(): void {
    const at = this.#held.indexOf(hello)
    this.#greeted = at >= 0
    this.#held = this.#held.subarray(at >= 0 ? at : Math.max(0, this.#held.length - hello.length))
  }
}

const fromGuest = new Set([frameHello, frameOutput, frameError, frameStatus, frameTrouble])

const hello = frame(frameHello, words([shellVersion]))

function frame(type: number, payload: Buffer): Buffer {
  return Buffer.concat([words([type, payload.length]), payload])
}

function words(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  numbers.forEach((number, index) => bytes.writeUInt32LE(number, 4 * index))
  return bytes
}
