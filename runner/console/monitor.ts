import type { Deadlines } from '../plan/accelerator.js'
import { findDeath } from './kernel-lines.js'

/** Why a guest was ended, or `itself` where QEMU went on its own. */
export type EndedBy =
  'itself' | 'report' | 'fatal-line' | 'kvm-error' | 'silence' | 'deadline' | 'output-limit'

/** When a monitor ends a guest. */
export interface MonitorLimits extends Deadlines {
  /** The most bytes that a console may hold. */
  readonly outputBytes: number
  /** The line that the guest's init writes when its report is whole. */
  readonly marker: string
  /** Where a console has brought so many bytes, a shorter silence is the end. */
  readonly settled?: { readonly bytes: number; readonly silenceMs: number }
}

/** The most bytes that a guest may write to its console: 8 MiB, some fifty times a verbose boot. */
export const defaultOutputBytes = 8 * 1024 * 1024

// After a fatal line the registers and the call trace follow. They are waited for until the console falls silent, and
// never long: an early exception spins for ever.
const drainSilenceMs = 300
const drainTotalMs = 1500

// Longer than any line that is looked for.
const overlap = 1024

/**
 * Watches a guest's console and says when the guest is to be ended. It does nothing itself: it is told of bytes and
 * asked with the time, in milliseconds of one monotonic clock.
 */
export class ConsoleMonitor {
  readonly #limits: MonitorLimits
  #startedAt: number
  #lastByteAt: number
  #fatalAt: number | null = null
  #kvmErrorAt: number | null = null
  #bytes = 0
  #tail = ''
  #stderrTail = ''
  #markerSeen = false

  constructor(limits: MonitorLimits, startedAt: number) {
    this.#limits = limits
    this.#startedAt = startedAt
    this.#lastByteAt = startedAt
  }

  /** The guest runs only now: the deadlines count from here. */
  start(now: number): void {
    this.#startedAt = now
    this.#lastByteAt = now
  }

  /** Whether the guest has said that its report is whole. */
  get markerSeen(): boolean {
    return this.#markerSeen
  }

  /** How many bytes the console has brought. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes what the console brought. */
  feed(bytes: Buffer, now: number): void {
    this.#bytes += bytes.length
    this.#lastByteAt = now
    // All that is looked for is ASCII; Latin-1 keeps the bytes that are not.
    const text = this.#tail + bytes.toString('latin1')
    this.#markerSeen ||= text.includes(this.#limits.marker)
    if (this.#fatalAt === null && findDeath(text) !== null) this.#fatalAt = now
    this.#tail = text.slice(-overlap)
  }

  /** Takes what QEMU wrote to stderr. A QEMU whose KVM gives a guest up stays alive and says so there. */
  feedStderr(text: string, now: number): void {
    const seen = this.#stderrTail + text
    if (this.#kvmErrorAt === null && isKvmError(seen)) this.#kvmErrorAt = now
    this.#stderrTail = seen.slice(-overlap)
  }

  /** Why the guest is to be ended now, or null. The marker is no reason: the report itself must be looked at. */
  ending(now: number): EndedBy | null {
    if (this.#bytes > this.#limits.outputBytes) return 'output-limit'
    return this.#deadlines().find(({ at }) => now >= at)?.reason ?? null
  }

  /** When {@link ending} may answer otherwise though nothing comes. */
  nextCheckAt(): number {
    return Math.min(...this.#deadlines().map(({ at }) => at))
  }

  #deadlines(): { at: number; reason: EndedBy }[] {
    const { silenceMs: usual, totalMs, settled } = this.#limits
    const isSettled = settled !== undefined && this.#bytes >= settled.bytes
    const silenceMs = isSettled ? settled.silenceMs : usual
    const drained = (since: number) =>
      Math.min(Math.max(since, this.#lastByteAt) + drainSilenceMs, since + drainTotalMs)
    return [
      ...(this.#fatalAt === null
        ? []
        : [{ at: drained(this.#fatalAt), reason: 'fatal-line' as const }]),
      ...(this.#kvmErrorAt === null
        ? []
        : [{ at: drained(this.#kvmErrorAt), reason: 'kvm-error' as const }]),
      { at: this.#startedAt + totalMs, reason: 'deadline' },
      { at: this.#lastByteAt + silenceMs, reason: 'silence' },
    ]
  }
}

/** Whether QEMU's stderr says that KVM gave the guest up (accel/kvm/kvm-all.c). */
export function isKvmError(stderr: string): boolean {
  return /KVM internal error|error: kvm run failed/.test(stderr)
}
