import type { CpuUse, Steal } from '../launch/cpu-use.js'

/** How much of a guest's time this machine kept it waiting for a CPU. */
export interface GuestLoad {
  /** Of the thread of QEMU's that waited most: the share of the guest's time, 0 to 1, in which it was ready and had no CPU. */
  readonly waited: number
  /** The share of this machine's busy time, 0 to 1, that its own hypervisor took; null where that is not counted. */
  readonly stolen: number | null
}

/** Measures how long a guest's QEMU waits for a CPU. It is fed with what /proc says, and with the time in milliseconds. */
export class CpuMeter {
  readonly #before = new Map<number, number>()
  readonly #waitedMs = new Map<number, number>()
  #startedAt: number | null = null
  #lastAt = 0
  #stealBefore: Steal | null = null
  #steal: Steal | null = null
  #stoppedMs = 0
  #mostThreads = 0

  /** Takes a sample; the first one begins the measurement. A thread that is new since then is counted whole. */
  sample(use: CpuUse | null, steal: Steal | null, now: number): void {
    if (use === null) return
    const first = this.#startedAt === null
    if (use.stopped && !first) this.#stoppedMs += now - this.#lastAt
    this.#startedAt ??= now
    this.#lastAt = now
    this.#stealBefore ??= steal
    this.#steal = steal
    this.#mostThreads = Math.max(this.#mostThreads, use.waitedMs.size)
    for (const [thread, waited] of use.waitedMs) {
      if (first) this.#before.set(thread, waited)
      this.#waitedMs.set(thread, waited - (this.#before.get(thread) ?? 0))
    }
  }

  /** How long QEMU was stopped by somebody, in milliseconds. */
  get stoppedMs(): number {
    return this.#stoppedMs
  }

  /** The most threads that it was seen with. */
  get mostThreads(): number {
    return this.#mostThreads
  }

  /** What came of it; null where there were not two samples, or the kernel counts nothing. */
  get load(): GuestLoad | null {
    const elapsed = this.#lastAt - (this.#startedAt ?? 0)
    const waited = (Math.max(...this.#waitedMs.values()) + this.#stoppedMs) / elapsed
    if (this.#startedAt === null || !Number.isFinite(waited)) return null
    return { waited: Math.min(1, Math.max(0, waited)), stolen: this.#stolen }
  }

  get #stolen(): number | null {
    if (this.#steal === null || this.#stealBefore === null) return null
    const stolen = this.#steal.stolen - this.#stealBefore.stolen
    const used = this.#steal.used - this.#stealBefore.used
    return stolen > 0 ? stolen / (used + stolen) : 0
  }
}
