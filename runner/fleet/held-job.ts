import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { keys } from './keys.js'
import type { FleetAnswer, FleetNews } from './job.js'

/** A job is no more this worker's: it was silent for too long, or nobody waits for it any more. */
export class JobLostError extends Error {}

/** A job that this worker holds, as long as it says so in time. Dispose of it when it is answered, or lost. */
export class HeldJob implements Disposable {
  readonly job: Job
  readonly #token: string
  readonly #client: Redis
  readonly #worker: string
  readonly #lost = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(job: Job, token: string, client: Redis, worker: string, lostAfterMs: number) {
    this.job = job
    this.#token = token
    this.#client = client
    this.#worker = worker
    this.#timer = setInterval(() => {
      void this.#renew(lostAfterMs)
    }, lostAfterMs / 4)
  }

  /** Aborted when it is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Whose guest it is, of what it says itself. */
  get waiter(): string {
    const { waiter } = this.job.data as { waiter?: unknown }
    return typeof waiter === 'string' ? waiter : ''
  }

  /** Whether a run waits for it. */
  async isWaitedFor(): Promise<boolean> {
    return (await this.#client.exists(keys.run(this.waiter))) === 1
  }

  /** Tells the run. */
  async tell(what: FleetNews['what']): Promise<void> {
    const news: FleetNews = { job: this.job.id ?? '', what, worker: this.#worker }
    await this.#client.publish(keys.news(this.waiter), JSON.stringify(news))
  }

  /** Answers it, unless it is another's by now: then nothing is said. */
  async answer(answer: FleetAnswer): Promise<void> {
    await this.#settle(() => this.job.moveToCompleted(answer, this.#token, false))
    await this.tell('end')
  }

  /** Fails it for good. */
  async fail(why: string): Promise<void> {
    await this.#settle(() => this.job.moveToFailed(new Error(why), this.#token, false))
    await this.tell('end')
  }

  /** Gives it back to the queue, as its next. */
  async giveBack(): Promise<void> {
    // What the run hears first it does not take for a loss.
    await this.tell('back')
    await this.#settle(() => this.job.moveToWait(this.#token))
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #renew(lostAfterMs: number): Promise<void> {
    try {
      const held = await this.job.extendLock(this.#token, lostAfterMs)
      if (held === 1 && (await this.isWaitedFor())) return
      this.#lost.abort(new JobLostError('it is another’s, or nobody’s, now'))
    } catch (error) {
      // BullMQ throws where the lock is another's; a connection that is lost is waited for.
      this.#lost.abort(new JobLostError((error as Error).message))
    }
  }

  async #settle(act: () => Promise<unknown>): Promise<void> {
    this[Symbol.dispose]()
    try {
      await act()
    } catch (error) {
      throw new JobLostError((error as Error).message, { cause: error })
    }
  }
}
