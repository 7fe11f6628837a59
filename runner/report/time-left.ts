import type { Fidelity } from '../scenario/outcome.js'

/** What a guest takes before any was measured, in ms, by the fidelity that it asks for: README.md, Accelerators. */
export const usualMs: Readonly<Record<Fidelity, number>> = { cpuid: 2500, kvm: 5500 }

/** A guest of a run: which fidelity its scenario asks for, which decides what runs it. */
export interface GuestToCome {
  readonly name: string
  readonly fidelity: Fidelity
}

/** Reckons how long a run goes on: by what guests that ask for the same fidelity took so far, and how many run at a time. */
export class TimeLeft {
  readonly #waiting: GuestToCome[]
  readonly #running = new Map<GuestToCome, number>()
  readonly #took: Record<Fidelity, number[]> = { cpuid: [], kvm: [] }
  readonly #jobs: number

  constructor(guests: readonly GuestToCome[], jobs: number) {
    this.#waiting = [...guests]
    this.#jobs = jobs
  }

  /** A guest starts. */
  start(name: string, nowMs: number): void {
    const place = this.#waiting.findIndex(guest => guest.name === name)
    const [guest] = place < 0 ? [] : this.#waiting.splice(place, 1)
    if (guest !== undefined) this.#running.set(guest, nowMs)
  }

  /** A guest has ended, or a scenario was skipped without one. */
  end(name: string, nowMs: number): void {
    for (const [guest, startedMs] of this.#running) {
      if (guest.name !== name) continue
      this.#running.delete(guest)
      this.#took[guest.fidelity].push(nowMs - startedMs)
      return
    }
    const place = this.#waiting.findIndex(guest => guest.name === name)
    if (place >= 0) this.#waiting.splice(place, 1)
  }

  /** In milliseconds; 0 where nothing is to come. */
  leftMs(nowMs: number): number {
    const running = [...this.#running].map(([{ fidelity }, startedMs]) =>
      Math.max(0, this.#cost(fidelity) - (nowMs - startedMs)),
    )
    const waiting = this.#waiting.map(({ fidelity }) => this.#cost(fidelity))
    const all = [...running, ...waiting]
    const places = Math.min(this.#jobs, all.length)
    if (places === 0) return 0
    return Math.max(...all, all.reduce((sum, cost) => sum + cost, 0) / places)
  }

  #cost(fidelity: Fidelity): number {
    const took = this.#took[fidelity]
    if (took.length === 0) return usualMs[fidelity]
    return took.reduce((sum, ms) => sum + ms, 0) / took.length
  }
}
