import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OnProgress } from '../../images/progress.js'
import { removeStaleFolders } from '../console/guest-folder.js'
import { EnvironmentError, InputError } from '../errors.js'
import { GuestLimit } from '../run/guest-limit.js'
import { Blobs } from './blobs.js'
import { type Demand, queueOf, serves } from './demand.js'
import { HeldJob, JobLostError } from './held-job.js'
import { JobGuests } from './job-guests.js'
import { formatOffer, type Offer } from './offer.js'
import { ownOffer, type OwnOfferOptions } from './own-offer.js'
import { isDeadly, mostLosses, Queues } from './queues.js'
import type { QueueUrl } from './queue-url.js'
import { QueueServer } from './queue-server.js'
import { sayGone, sayHere } from './workers.js'

/** How a worker works. */
export interface WorkerOptions extends OwnOfferOptions {
  readonly url: QueueUrl
  /** How long a worker may be silent until its guest is another's, in milliseconds. */
  readonly lostAfterMs: number
  readonly onSetup: OnProgress
}

const idleMs = 100
const hereMs = 2000

/**
 * Takes guests from a queue and runs them, until the signal is aborted; then what it holds is given back.
 *
 * @throws EnvironmentError where there is no QEMU, or where the server lets nobody in
 */
export async function work(options: WorkerOptions): Promise<void> {
  const { url, signal, onNote } = options
  removeStaleFolders(Date.now())
  const offer = await ownOffer(options)
  await using server = await QueueServer.connect(url, { waitMs: Infinity, signal, onNote })
  await using queues = new Queues(server, options.lostAfterMs)
  const blobs = new Blobs(server.client)
  const limit = new GuestLimit(offer.guests)
  const { qemu, onSetup } = options
  await using guests = new JobGuests({ qemu, limit, signal, onNote, onSetup }, blobs)
  onNote(`${formatOffer(offer)} takes guests from ${server.shown}`)
  const worker = new FleetWorker(options, offer, server, queues, guests, limit)
  await worker.work()
}

/** A worker that is connected: takes jobs, and answers them. */
export class FleetWorker {
  readonly #options: Pick<WorkerOptions, 'signal' | 'onNote' | 'lostAfterMs'>
  #offer: Offer
  readonly #server: QueueServer
  readonly #queues: Queues
  readonly #guests: Pick<JobGuests, 'run'>
  readonly #limit: GuestLimit
  #demands: Demand[] = []

  constructor(
    options: Pick<WorkerOptions, 'signal' | 'onNote' | 'lostAfterMs'>,
    offer: Offer,
    server: QueueServer,
    queues: Queues,
    guests: Pick<JobGuests, 'run'>,
    limit: GuestLimit,
  ) {
    this.#options = options
    this.#offer = offer
    this.#server = server
    this.#queues = queues
    this.#guests = guests
    this.#limit = limit
  }

  async work(): Promise<void> {
    const { signal } = this.#options
    await this.#sayHere()
    const timer = setInterval(() => {
      void this.#sayHere().catch(() => undefined)
    }, hereMs)
    try {
      await Promise.all(Array.from({ length: this.#offer.guests }, () => this.#takeAll(signal)))
    } finally {
      clearInterval(timer)
      // A server that is away is not waited for: what is said there of this worker goes by itself.
      await Promise.race([sayGone(this.#server.client, this.#offer), sleep(1000)])
    }
  }

  async #sayHere(): Promise<void> {
    await sayHere(this.#server.client, this.#offer, (5 * hereMs) / 1000)
    const asked = await this.#queues.asked()
    const gaveUp = new Set(this.#offer.gaveUp.map(({ queue }) => queue))
    // What fewer workers serve comes first.
    this.#demands = asked
      .filter(demand => serves(this.#offer, demand) && !gaveUp.has(queueOf(demand)))
      .sort((a, b) => Number(b.fidelity === 'kvm') - Number(a.fidelity === 'kvm'))
  }

  /** One guest after the other. */
  async #takeAll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const took = await this.#limit.run(() => this.#takeOne(signal))
      if (!took) await sleep(idleMs)
    }
  }

  async #takeOne(signal: AbortSignal): Promise<boolean> {
    for (const demand of this.#demands) {
      if (signal.aborted) return false
      const token = randomUUID()
      const taker = this.#queues.taker(demand)
      const job = await taker.getNextJob(token, { block: false }).catch(() => undefined)
      if (job === undefined) continue
      const { lostAfterMs, onNote } = this.#options
      using held = new HeldJob(job, token, this.#server.client, this.#offer.name, lostAfterMs)
      await this.#serve(held, demand, signal).catch((error: unknown) => {
        if (!(error instanceof JobLostError)) throw error
        onNote(`left a guest to others: ${error.message}`)
      })
      return true
    }
    return false
  }

  /** @throws JobLostError where it is another's by now */
  async #serve(held: HeldJob, demand: Demand, signal: AbortSignal): Promise<void> {
    const { name: worker } = this.#offer
    if (isDeadly(held.job)) {
      await held.fail(`${mostLosses} workers were lost with it`)
      return
    }
    if (!(await held.isWaitedFor())) {
      await held.fail('nobody waits for it')
      return
    }
    await held.tell('start')
    try {
      const either = AbortSignal.any([signal, held.lost])
      const result = await this.#guests.run(held.job.data, either)
      await held.answer({ result, worker })
    } catch (error) {
      held.lost.throwIfAborted()
      if (signal.aborted) await held.giveBack()
      else if (error instanceof EnvironmentError) await this.#giveUp(held, demand, error)
      else if (error instanceof InputError) await held.answer({ refused: error.message, worker })
      else if (error instanceof JobLostError) throw error
      else await held.fail((error as Error).message)
    }
  }

  /** Gives a job back, and takes no other of its queue: what this machine was said to have it has not. */
  async #giveUp(held: HeldJob, demand: Demand, { message }: Error): Promise<void> {
    const queue = queueOf(demand)
    const [why = ''] = message.split('\n', 1)
    this.#options.onNote(`takes nothing more of ${queue}: ${why}`)
    const { gaveUp } = this.#offer
    if (!gaveUp.some(each => each.queue === queue))
      this.#offer = { ...this.#offer, gaveUp: [...gaveUp, { queue, why }] }
    this.#demands = this.#demands.filter(each => queueOf(each) !== queue)
    await held.giveBack()
    await this.#sayHere()
  }
}
