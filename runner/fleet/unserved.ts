import type { Redis } from 'ioredis'
import { guiseVersion } from '../version.js'
import { type Demand, queueOf, serves } from './demand.js'
import { formatOffer, type Offer } from './offer.js'
import { workersThere } from './workers.js'

/** Why none of the workers that are there serves a demand, in words; null where one does. */
export function whyUnserved(workers: readonly Offer[], demand: Demand): string | null {
  const queue = queueOf(demand)
  const serving = workers.some(
    worker =>
      worker.guise === guiseVersion() &&
      serves(worker, demand) &&
      !worker.gaveUp.some(each => each.queue === queue),
  )
  if (serving) return null
  const there = workers.length === 0 ? 'none' : workers.map(formatOffer).join(', ')
  return `expected a worker of guise ${guiseVersion()} that serves ${queue}, got ${there}`
}

/** The demands of a run that no worker serves, and since when: a worker may be about to come. */
export class UnservedDemands {
  readonly #client: Redis
  readonly #waitMs: number
  readonly #onNote: (text: string) => void
  readonly #since = new Map<string, number>()

  /** @param options - how long one waits for a worker, and what is told of it once */
  constructor(client: Redis, options: { waitMs: number; onNote: (text: string) => void }) {
    this.#client = client
    this.#waitMs = options.waitMs
    this.#onNote = options.onNote
  }

  /** Whether each demand was served when it was looked last. */
  get isEmpty(): boolean {
    return this.#since.size === 0
  }

  /**
   * Looks which demands no worker serves.
   *
   * @returns by their queues those for which one has waited long enough, and why there is no worker for them
   */
  async ask(asked: readonly Demand[], now = performance.now()): Promise<Map<string, string>> {
    const demands = new Map(asked.map(demand => [queueOf(demand), demand]))
    for (const queue of this.#since.keys()) if (!demands.has(queue)) this.#since.delete(queue)
    const over = new Map<string, string>()
    if (demands.size === 0) return over
    const workers = await workersThere(this.#client)
    for (const [queue, demand] of demands) {
      const why = whyUnserved(workers, demand)
      const since = this.#since.get(queue)
      if (why === null) this.#since.delete(queue)
      else if (since === undefined) {
        this.#since.set(queue, now)
        this.#onNote(`waiting: ${why}`)
      } else if (now - since >= this.#waitMs) over.set(queue, why)
    }
    return over
  }
}
