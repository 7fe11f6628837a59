/** What the user asks of guise, in the midst of what is typed to the guest. */
export type EscapeKey = 'end' | 'help'

/** What a piece of typing comes to. */
export interface Typed {
  /** For the guest. */
  readonly bytes: Buffer
  /** For guise, in order. */
  readonly keys: readonly EscapeKey[]
}

const controlA = 0x01

/** What Ctrl-A H tells. */
export const escapeHelp = [
  'Ctrl-A X       end the guest',
  'Ctrl-A H       this',
  'Ctrl-A Ctrl-A  send Ctrl-A to the guest',
]

/** Tells what is typed to guise from what is typed to the guest: the keys of QEMU's own console (qemu(1), "Keys in the character backend multiplexer"). */
export class EscapeKeys {
  #pending = false

  /** Takes what was typed; a key may come in two pieces. */
  feed(typed: Buffer): Typed {
    const bytes: number[] = []
    const keys: EscapeKey[] = []
    for (const byte of typed) {
      if (!this.#pending) {
        this.#pending = byte === controlA
        if (!this.#pending) bytes.push(byte)
        continue
      }
      this.#pending = false
      if (byte === controlA) bytes.push(controlA)
      const letter = String.fromCharCode(byte).toLowerCase()
      if (letter === 'x') keys.push('end')
      // Any other key shows what there is.
      else if (byte !== controlA) keys.push('help')
    }
    return { bytes: Buffer.from(bytes), keys }
  }
}
