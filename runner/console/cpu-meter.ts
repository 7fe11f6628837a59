import type { CpuUse, MachineUse, ThreadUse } from '../launch/cpu-use.js'

/** How much of a guest's time this machine kept it waiting for a CPU. */
export interface GuestLoad {
  /** Of the thread of QEMU's that waited most: the share of the guest's time, 0 to 1, in which it was ready and had no CPU. */
  readonly waited: number
  /** The longest that the guest may have stood still for want of a CPU, in milliseconds. */
  readonly longestStallMs: number
  /** The share of this machine's busy time, 0 to 1, that its own hypervisor took; null where that is not counted. */
  readonly stolen: number | null
  /** The share of the guest's time, 0 to 1, in which some task of this machine waited for a CPU; null where that is not counted. */
  readonly pressure: number | null
  /** The CPU time that QEMU took in the guest's time: 1 is one CPU all the time. */
  readonly ran: number
}

// What /proc/stat counts in: USER_HZ, 100 on x86 whatever the kernel's own HZ (include/asm-generic/param.h).
const tickMs = 10

/**
 * Measures how long a guest's QEMU waits for a CPU. It is fed with what /proc says, and with the time in milliseconds.
 *
 * A stall is what one thread waited from one sample to the next, or QEMU was stopped, or one CPU of this machine was taken away.
 * Several short waits between two samples count as one long one, so that it is never told shorter than it was.
 */
export class CpuMeter {
  readonly #threads = new Map<number, ThreadUse>()
  readonly #waitedMs = new Map<number, number>()
  #startedAt: number | null = null
  #lastAt = 0
  #firstMachine: MachineUse | null = null
  #lastMachine: MachineUse | null = null
  #ranMs = 0
  #stoppedMs = 0
  #stoppedNowMs = 0
  #longestStallMs = 0
  #mostThreads = 0

  /**
   * Takes a sample; the first one begins the measurement. A thread that is new since then is counted whole.
   *
   * @param machine - null where it was not looked at
   */
  sample(use: CpuUse | null, machine: MachineUse | null, now: number): void {
    if (use === null) return
    const first = this.#startedAt === null
    this.#startedAt ??= now
    if (use.stopped && !first) this.#stopped(now - this.#lastAt)
    if (!use.stopped) this.#stoppedNowMs = 0
    this.#lastAt = now
    this.#mostThreads = Math.max(this.#mostThreads, use.threads.size)
    for (const [id, thread] of use.threads)
      if (thread !== null) this.#sampleThread(id, thread, first)
    if (machine !== null) this.#sampleMachine(machine)
  }

  /** How long QEMU was stopped by somebody, in milliseconds. */
  get stoppedMs(): number {
    return this.#stoppedMs
  }

  /** How long the thread of QEMU's that waited most has been ready without a CPU until now, in milliseconds. */
  get waitedMs(): number {
    return Math.max(0, ...this.#waitedMs.values())
  }

  /** The most threads that it was seen with. */
  get mostThreads(): number {
    return this.#mostThreads
  }

  /** What came of it; null where there were not two samples, or the kernel counts nothing. */
  get load(): GuestLoad | null {
    const elapsed = this.#lastAt - (this.#startedAt ?? 0)
    if (this.#startedAt === null || elapsed <= 0 || this.#waitedMs.size === 0) return null
    const share = (ms: number) => Math.min(1, Math.max(0, ms / elapsed))
    const pressureMs = increase(this.#firstMachine?.pressureMs, this.#lastMachine?.pressureMs)
    return {
      waited: share(Math.max(...this.#waitedMs.values()) + this.#stoppedMs),
      longestStallMs: this.#longestStallMs,
      stolen: this.#stolen,
      pressure: pressureMs === null ? null : share(pressureMs),
      ran: this.#ranMs / elapsed,
    }
  }

  #stopped(ms: number): void {
    this.#stoppedMs += ms
    this.#stoppedNowMs += ms
    this.#stalled(this.#stoppedNowMs)
  }

  #sampleThread(id: number, now: ThreadUse, first: boolean): void {
    const before = this.#threads.get(id) ?? (first ? now : { ranMs: 0, waitedMs: 0 })
    const waited = now.waitedMs - before.waitedMs
    this.#threads.set(id, now)
    this.#waitedMs.set(id, (this.#waitedMs.get(id) ?? 0) + waited)
    this.#ranMs += now.ranMs - before.ranMs
    this.#stalled(waited)
  }

  #sampleMachine(now: MachineUse): void {
    const before = this.#lastMachine ?? now
    this.#firstMachine ??= now
    this.#lastMachine = now
    for (const [cpu, ticks] of now.stolenTicks.entries()) {
      this.#stalled((ticks - (before.stolenTicks[cpu] ?? ticks)) * tickMs)
    }
  }

  #stalled(ms: number): void {
    this.#longestStallMs = Math.max(this.#longestStallMs, ms)
  }

  get #stolen(): number | null {
    const [before, now] = [this.#firstMachine, this.#lastMachine]
    if (before === null || now === null) return null
    const stolen = sum(now.stolenTicks) - sum(before.stolenTicks)
    const used = now.usedTicks - before.usedTicks
    return stolen > 0 ? stolen / (used + stolen) : 0
  }
}

function increase(from: number | null | undefined, to: number | null | undefined): number | null {
  return from == null || to == null ? null : to - from
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
