import { type Job, Queue, Worker } from 'bullmq'
import { guiseVersion } from '../version.js'
import { keys, prefix } from './keys.js'
import { type Demand, demandSchema, queueOf } from './demand.js'
import { jsonOf } from './json.js'
import type { QueueServer } from './queue-server.js'

/** How many workers may be lost with one guest. */
export const mostLosses = 3

// A day: of demands, which the runs that have them renew.
const demandSeconds = 24 * 3600

/** The queues of this version of guise on a server, one for each demand. Close them before the server. */
export class Queues implements AsyncDisposable {
  readonly #server: QueueServer
  /** How long a worker may be silent until its guest is another's, in milliseconds. */
  readonly lostAfterMs: number
  readonly #queues = new Map<string, Queue>()
  readonly #takers = new Map<string, Worker>()

  constructor(server: QueueServer, lostAfterMs: number) {
    this.#server = server
    this.lostAfterMs = lostAfterMs
  }

  /** The queue of a demand, to put jobs in and to ask after them. */
  queue(demand: Demand): Queue {
    return this.#made(this.#queues, demand, name => {
      const queue = new Queue(name, this.#options())
      queue.on('error', ignore)
      return queue
    })
  }

  /** What takes jobs from the queue of a demand, one at a time, and gives those of workers that were lost to others. */
  taker(demand: Demand): Worker {
    return this.#made(this.#takers, demand, name => {
      const taker = new Worker(name, null, {
        ...this.#options(),
        autorun: false,
        lockDuration: this.lostAfterMs,
        stalledInterval: Math.max(500, this.lostAfterMs / 4),
        maxStalledCount: mostLosses - 1,
      })
      taker.on('error', ignore)
      void taker.startStalledCheckTimer()
      return taker
    })
  }

  /** Says what is asked for, so that workers look there. */
  async ask(demands: readonly Demand[]): Promise<void> {
    const name = keys.demands(guiseVersion())
    const texts = demands.map(demand => JSON.stringify(demand))
    if (texts.length === 0) return
    await this.#server.client
      .pipeline()
      .sadd(name, ...texts)
      .expire(name, demandSeconds)
      .exec()
  }

  /** What is asked for, by anybody. */
  async asked(): Promise<Demand[]> {
    const texts = await this.#server.client.smembers(keys.demands(guiseVersion()))
    return texts.flatMap(text => {
      const demand = demandSchema.safeParse(jsonOf(text))
      return demand.success ? [demand.data] : []
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#takers.values(), ...this.#queues.values()]
    await Promise.all(all.map(each => each.close().catch(ignore)))
  }

  #options() {
    const { client } = this.#server
    return { connection: client, prefix: `${prefix}:${guiseVersion()}`, skipVersionCheck: true }
  }

  #made<T>(made: Map<string, T>, demand: Demand, make: (name: string) => T): T {
    const name = queueOf(demand)
    const before = made.get(name)
    if (before !== undefined) return before
    const fresh = make(name)
    made.set(name, fresh)
    return fresh
  }
}

/** Whether a job has been lost with too many workers; BullMQ leaves it to whoever takes it next to say so. */
export function isDeadly(job: Job): boolean {
  return job.stalledCounter >= mostLosses
}

// The server's troubles are told by QueueServer.
function ignore(): void {}
