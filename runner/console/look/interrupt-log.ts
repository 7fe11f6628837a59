import { type CpuState, parseCpuState } from './cpu-state.js'

/** An interrupt or exception as QEMU's emulation delivered it. */
export interface Delivery {
  /** Counted from 0 since the machine came up. */
  readonly number: number
  readonly vector: number
  /** The error code. */
  readonly error: number
  /** The privilege of the code that it came in, 3 for programs. */
  readonly privilege: number
  /** Whether it came while another exception was being delivered. */
  readonly nested: boolean
  /** The address of a page fault. */
  readonly address: bigint | null
  /** The CPU as it was. */
  readonly state: CpuState | null
}

/** What QEMU logged of a guest's interrupts. */
export interface InterruptHistory {
  /** The last of them. */
  readonly last: readonly Delivery[]
  /** Whether the machine went by a triple fault. */
  readonly tripleFault: boolean
}

const mostKept = 64
// The registers take 22 lines.
const mostLines = 40

interface Entry extends Omit<Delivery, 'state'> {
  readonly lines: string[]
}

/**
 * Reads QEMU's `-d int` as it comes and keeps the end of it: a guest that loops in exceptions writes without an end.
 * The lines: check_exception() and do_interrupt_all() in QEMU's target/i386/tcg.
 */
export class InterruptLog {
  #rest = ''
  #entries: Entry[] = []
  #nested = false
  #tripleFault = false

  /** Takes what QEMU wrote. */
  feed(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = (lines.pop() ?? '').slice(-4096)
    for (const line of lines) this.#take(line)
  }

  /** What there was up to now. */
  history(): InterruptHistory {
    return {
      last: this.#entries.map(({ lines, ...entry }) => ({
        ...entry,
        state: parseCpuState(lines.join('\n')),
      })),
      tripleFault: this.#tripleFault,
    }
  }

  #take(line: string): void {
    const checked = /^check_exception old: 0x([0-9a-f]+) new /.exec(line)
    if (checked) {
      this.#nested = checked[1] !== 'ffffffff'
      return
    }
    if (line.startsWith('Triple fault')) this.#tripleFault = true
    // What follows are the registers of another moment.
    if (/^(?:Triple fault|CPU Reset|SMM: )/.test(line)) {
      this.#close()
      return
    }
    const found =
      /^ *(\d+): v=([0-9a-f]+) e=([0-9a-f]+) i=[01] cpl=(\d) IP=.*?(?: CR2=([0-9a-f]+))?$/.exec(
        line,
      )
    if (!found) {
      const lines = this.#entries.at(-1)?.lines
      if (lines !== undefined && lines.length < mostLines) lines.push(line)
      return
    }
    const [, number = '', vector = '', error = '', privilege = '', address] = found
    this.#entries.push({
      number: Number(number),
      vector: Number.parseInt(vector, 16),
      error: Number.parseInt(error, 16),
      privilege: Number(privilege),
      nested: this.#nested,
      address: address === undefined ? null : BigInt(`0x${address}`),
      lines: [],
    })
    this.#nested = false
    if (this.#entries.length > mostKept) this.#entries.shift()
  }

  /** Takes no more lines for the last entry. */
  #close(): void {
    const lines = this.#entries.at(-1)?.lines
    while (lines !== undefined && lines.length < mostLines) lines.push('')
  }
}
