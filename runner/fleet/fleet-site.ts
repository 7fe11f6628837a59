import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EnvironmentError } from '../errors.js'
import { GuestLimit } from '../run/guest-limit.js'
import type { GuestSite, RunGuest, SiteHeading, SiteRequest } from '../run/guest-site.js'
import type { RunResult } from '../run/run-guest.js'
import { guiseVersion } from '../version.js'
import { Blobs } from './blobs.js'
import { type Demand, demandOf, queueOf } from './demand.js'
import { Ending } from './ending.js'
import { failedResult } from './failed-result.js'
import { type FleetJob, mostResultBytes } from './job.js'
import type { QueueUrl } from './queue-url.js'
import { QueueServer } from './queue-server.js'
import { Queues } from './queues.js'
import { unpackResult } from './result.js'
import { SentGuests } from './send-guest.js'
import { UnservedDemands } from './unserved.js'
import type { Ended } from './waiting-job.js'
import { WaitingJobs } from './waiting-jobs.js'
import { workersThere } from './workers.js'

/** How a run uses a queue. */
export interface FleetOptions {
  readonly url: QueueUrl
  /** How many of its guests are in the queue at a time. */
  readonly window: number
  /** How long it waits for a server, or a worker, that is not there, in milliseconds. */
  readonly waitMs: number
  /** See `WorkerOptions`. */
  readonly lostAfterMs: number
}

/** The workers of a queue, as the guests of a run are run by them. */
export class FleetSite implements GuestSite {
  readonly limit: GuestLimit
  readonly #fleet: FleetOptions
  readonly #request: SiteRequest
  readonly #server: QueueServer
  readonly #queues: Queues
  readonly #blobs: Blobs
  readonly #sent: SentGuests
  readonly #jobs: WaitingJobs
  readonly #waiter = randomUUID()
  readonly #ending: Ending
  #run = ''

  private constructor(fleet: FleetOptions, request: SiteRequest, server: QueueServer) {
    this.limit = new GuestLimit(fleet.window)
    this.#fleet = fleet
    this.#request = request
    this.#server = server
    this.#queues = new Queues(server, fleet.lostAfterMs)
    this.#blobs = new Blobs(server.client)
    this.#sent = new SentGuests(this.#blobs, request.signal)
    const { onNote, onStart } = request
    const { waitMs } = fleet
    const keep = () => this.#sent.keep()
    const waiting = { onNote, onStart, waitMs, keep }
    this.#ending = new Ending(request.signal, server.gone)
    this.#jobs = new WaitingJobs(server, this.#queues, this.#waiter, waiting)
  }

  /** @throws EnvironmentError where the server is not there, or lets nobody in */
  static async open(fleet: FleetOptions, request: SiteRequest): Promise<FleetSite> {
    const { url, waitMs } = fleet
    const { signal, onNote } = request
    const server = await QueueServer.connect(url, { waitMs, signal, onNote })
    return new FleetSite(fleet, request, server)
  }

  async prepare(run: string, guests: readonly RunGuest[]): Promise<SiteHeading> {
    this.#run = run
    await this.#jobs.open()
    const demands = new Map(guests.map(guest => this.#demandOf(guest)))
    await this.#queues.ask([...demands.values()])
    await this.#waitForWorkers([...demands.values()])
    const there = await workersThere(this.#server.client)
    const workers = there.filter(({ guise }) => guise === guiseVersion())
    const versions = [...new Set(workers.map(({ qemu }) => qemu.version))]
    const places = workers.reduce((sum, each) => sum + each.guests, 0)
    return {
      qemus: versions.map(version => ({ version, suite: null, nested: false })),
      jobs: {
        count: Math.max(1, Math.min(places, this.#fleet.window)),
        why: `of ${workers.map(({ name }) => name).join(', ')}`,
      },
    }
  }

  async run(guest: RunGuest, folder: string): Promise<RunResult | null> {
    const [, demand] = this.#demandOf(guest)
    const send = async (): Promise<FleetJob> => ({
      guise: guiseVersion(),
      waiter: this.#waiter,
      run: this.#run,
      ...(await this.#sent.send(guest)),
      options: this.#jobOptions(),
    })
    const { name } = guest.scenario
    const ended = await this.#ending.unless(this.#jobs.done(name, demand, send))
    return ended === null ? null : this.#ending.unless(this.#resultOf(guest, ended, folder))
  }

  withdraw(): void {
    void this.#jobs.withdraw().then(count => {
      if (count > 0) this.#request.onNote(`${count} taken back from the queue`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A server that is away is not waited for: the keys of this run go by themselves, and its jobs with them.
    await Promise.race([this.#jobs.close().catch(() => undefined), sleep(3000)])
    await this.#server[Symbol.asyncDispose]()
    await this.#queues[Symbol.asyncDispose]()
  }

  #demandOf({ scenario }: RunGuest): [queue: string, Demand] {
    const demand = demandOf(scenario, this.#request.options)
    return [queueOf(demand), demand]
  }

  /** @throws EnvironmentError where nobody comes that serves what is asked for */
  async #waitForWorkers(demands: readonly Demand[]): Promise<void> {
    const { signal } = this.#request
    const { waitMs } = this.#fleet
    const unserved = new UnservedDemands(this.#server.client, { ...this.#request, waitMs })
    for (;;) {
      const over = await this.#ending.unless(unserved.ask(demands))
      const [why] = over.values()
      if (why !== undefined) throw new EnvironmentError(`${this.#server.shown}: ${why}`)
      if (unserved.isEmpty) return
      await sleep(100, undefined, { signal })
    }
  }

  #jobOptions(): FleetJob['options'] {
    const { accelerator, qemu, channel, clock, fullConsole, totalMs } = this.#request.options
    return {
      accelerator,
      qemu: qemu ?? null,
      channel: channel ?? null,
      clock: clock ?? null,
      fullConsole: fullConsole ?? false,
      totalMs: totalMs ?? null,
    }
  }

  async #resultOf(guest: RunGuest, ended: Ended, folder: string): Promise<RunResult> {
    const { accelerator } = this.#request.options
    if ('why' in ended) return failedResult(guest, this.#run, accelerator, ended.why, ended.worker)
    const { result, worker } = ended
    const bytes = await this.#blobs.get(result, mostResultBytes)
    const taken = await unpackResult(bytes, guest, { run: this.#run, worker, folder })
    await this.#blobs.remove(result)
    return taken
  }
}
