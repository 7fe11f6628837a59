import { describeExit, type QemuExit } from '../../launch/qemu-process.js'
import { findDeath } from '../kernel-lines.js'

/** The most of a console that is kept, in characters: a kernel's last words and what led to them. */
const mostKept = 64 * 1024

/** What a guest's console has said last. */
export class ConsoleTail {
  #text = ''

  /** Takes what came. */
  add(bytes: Buffer): void {
    this.#text = (this.#text + bytes.toString('latin1')).slice(-mostKept)
  }

  /** All that is kept, one character a byte. */
  get text(): string {
    return this.#text
  }

  /** The last lines, each without its end. */
  lines(most: number): string[] {
    const lines = this.#text.split(/[\r\n]+/).filter(line => line.trim() !== '')
    return lines.slice(-most)
  }
}

/**
 * Why a guest of a shell is over that nobody ended: the kernel's death, or QEMU's. Null where the guest ended itself, as `poweroff` and
 * the end of its shell do.
 */
export function unwantedEnd(exit: QemuExit, console: string): string | null {
  const death = findDeath(console)
  if (death !== null) return `the guest died: ${death.line}`
  const { code, signal, failedToStart } = exit
  if (code === 0 && signal === null && failedToStart === null) return null
  return `QEMU ended: ${describeExit(exit)}`
}
