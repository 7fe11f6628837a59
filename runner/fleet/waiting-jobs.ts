import { EnvironmentError } from '../errors.js'
import type { SiteRequest } from '../run/guest-site.js'
import { type Demand, queueOf } from './demand.js'
import { type FleetJob, type FleetNews, newsSchema } from './job.js'
import { jsonOf } from './json.js'
import { keys } from './keys.js'
import type { QueueServer } from './queue-server.js'
import { mostLosses, type Queues } from './queues.js'
import { UnservedDemands } from './unserved.js'
import { type Ended, WaitingJob } from './waiting-job.js'

/** What waits for jobs. */
export interface WaitingOptions extends Pick<SiteRequest, 'onNote' | 'onStart'> {
  /** How long one waits for a worker that serves, in milliseconds. */
  readonly waitMs: number
  /** Keeps what was sent with the jobs. */
  readonly keep: () => Promise<void>
}

const tickMs = 1000
const keepTicks = 60

/** The jobs of a run that are in queues: what becomes of each is told by news, and where those are lost found out by asking. */
export class WaitingJobs {
  readonly #server: QueueServer
  readonly #queues: Queues
  readonly #waiter: string
  readonly #options: WaitingOptions
  readonly #jobs = new Map<string, WaitingJob>()
  readonly #unserved: UnservedDemands
  #count = 0
  #ticks = 0
  #timer: NodeJS.Timeout | undefined

  constructor(server: QueueServer, queues: Queues, waiter: string, options: WaitingOptions) {
    this.#server = server
    this.#queues = queues
    this.#waiter = waiter
    this.#options = options
    this.#unserved = new UnservedDemands(server.client, options)
  }

  /** Begins to listen. */
  async open(): Promise<void> {
    const listener = this.#server.copy()
    listener.on('message', (_, text) => {
      const news = newsSchema.safeParse(jsonOf(text))
      if (news.success) this.#hear(news.data)
    })
    await listener.subscribe(keys.news(this.#waiter))
    await this.#sayHere()
    let asking = false
    this.#timer = setInterval(() => {
      if (asking) return
      asking = true
      void this.#ask().finally(() => {
        asking = false
      })
    }, tickMs)
  }

  /** Puts a job into the queue of its demand, and waits for what comes of it; null: it was taken back. */
  async done(name: string, demand: Demand, send: () => Promise<FleetJob>): Promise<Ended | null> {
    const id = `${this.#waiter}-${(this.#count += 1)}`
    const queue = this.#queues.queue(demand)
    // Who waits looks for lost workers, too: none may be left.
    this.#queues.taker(demand)
    const job = new WaitingJob({ id, name, demand, queue, send })
    this.#jobs.set(id, job)
    this.#look(job, () => job.put())
    try {
      return await job.ended
    } finally {
      this.#jobs.delete(id)
    }
  }

  /** Takes back what nobody has begun; how many that were. */
  async withdraw(): Promise<number> {
    const taken = await Promise.all([...this.#jobs.values()].map(job => job.takeBack()))
    return taken.filter(Boolean).length
  }

  /** Takes back what nobody has begun, and has workers end what they have. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#server.client.del(keys.run(this.#waiter))
    await Promise.all([...this.#jobs.values()].map(job => job.remove()))
  }

  #hear({ job: id, what, worker }: FleetNews): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    if (what === 'end') this.#look(job, () => job.take())
    if (what === 'back') job.workers = job.workers.filter(each => each !== worker)
    if (what !== 'start') return
    const { name } = job.options
    const lost = job.workers.at(-1)
    if (!job.told) this.#options.onStart(name, worker)
    job.told = true
    if (lost !== undefined)
      this.#options.onNote(`${lost} was lost with ${name}: ${worker} runs it again`)
    job.workers = [...job.workers, worker]
  }

  /** Does something about a job; what it fails of is the job's. */
  #look(job: WaitingJob, act: () => Promise<void>): void {
    job.busy = true
    act()
      .catch((error: unknown) => {
        job.fail(error)
      })
      .finally(() => {
        job.busy = false
      })
  }

  /** Asks after all jobs: news may be lost, and a server may have lost jobs. */
  async #ask(): Promise<void> {
    try {
      await this.#sayHere()
      if ((this.#ticks += 1) % keepTicks === 0) await this.#options.keep()
      await this.#askAfterJobs()
      await this.#askAfterWorkers()
    } catch {
      // The server's troubles are told by QueueServer; they are asked after again.
    }
  }

  async #sayHere(): Promise<void> {
    const seconds = Math.ceil(this.#options.waitMs / 1000) + 60
    await this.#server.client.set(keys.run(this.#waiter), '', 'EX', seconds)
  }

  async #askAfterJobs(): Promise<void> {
    const asked = [...this.#jobs.values()].filter(({ busy }) => !busy)
    const batch = this.#server.client.pipeline()
    for (const { options } of asked)
      batch.hmget(options.queue.toKey(options.id), 'timestamp', 'finishedOn', 'stc')
    const found = (await batch.exec()) ?? []
    for (const [index, job] of asked.entries()) {
      const [timestamp, finishedOn, losses] = (found[index]?.[1] ?? []) as (string | null)[]
      if (timestamp === undefined || job.isOver || job.busy) continue
      if (timestamp === null) this.#look(job, () => this.#putAgain(job))
      else if (finishedOn !== null) this.#look(job, () => job.take())
      else if (Number(losses) >= mostLosses) this.#look(job, () => job.takeDeadly())
    }
  }

  async #putAgain(job: WaitingJob): Promise<void> {
    this.#options.onNote(`the server has lost ${job.options.name}: it is put there again`)
    job.workers = []
    await this.#options.keep()
    await this.#queues.ask([job.options.demand])
    await job.put()
  }

  async #askAfterWorkers(): Promise<void> {
    const idle = [...this.#jobs.values()].filter(
      ({ workers, busy }) => !busy && workers.length === 0,
    )
    const why = await this.#unserved.ask(idle.map(({ options }) => options.demand))
    for (const job of idle) {
      const lacking = why.get(queueOf(job.options.demand))
      if (lacking !== undefined) job.fail(new EnvironmentError(`${this.#server.shown}: ${lacking}`))
    }
  }
}
