import type { Queue } from 'bullmq'
import type { Demand } from './demand.js'
import { answerSchema, type FleetJob } from './job.js'
import { mostLosses } from './queues.js'

/** What came of a job: the blob with its result, or why there is none. */
export type Ended =
  | { readonly result: string; readonly worker: string }
  | { readonly why: readonly string[]; readonly worker: string | null }

/** What a job is of. */
export interface WaitingJobOptions {
  readonly id: string
  /** Of its scenario. */
  readonly name: string
  readonly demand: Demand
  readonly queue: Queue
  /** Sends what it takes, and says what it is. */
  readonly send: () => Promise<FleetJob>
}

// What nobody takes goes by itself, an hour after its end.
const kept = { attempts: 1, removeOnComplete: { age: 3600 }, removeOnFail: { age: 3600 } }

/** A job of a run in a queue, and what came of it. */
export class WaitingJob {
  readonly options: WaitingJobOptions
  /** What came of it; null: it was taken back. */
  readonly ended: Promise<Ended | null>
  /** Those that began it, and did not give it back. */
  workers: readonly string[] = []
  /** Whether it was told that it is started. */
  told = false
  /** Whether something is done about it. */
  busy = false
  #resolve: (ended: Ended | null) => void = () => undefined
  #reject: (error: unknown) => void = () => undefined
  #over = false

  constructor(options: WaitingJobOptions) {
    this.options = options
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whether it is not waited for any more. */
  get isOver(): boolean {
    return this.#over
  }

  /** Puts it into its queue. */
  async put(): Promise<void> {
    const { id, queue, send } = this.options
    await queue.add('guest', await send(), { jobId: id, ...kept })
  }

  /** Takes what came of it, if anything did, and removes it from its queue. */
  async take(): Promise<void> {
    const { id, queue } = this.options
    const job = await queue.getJob(id)
    if (job?.finishedOn === undefined || this.#over) return
    this.#over = true
    await queue.remove(id)
    const answer = answerSchema.safeParse(job.returnvalue)
    if (!answer.success) this.#end(job.failedReason)
    else if ('result' in answer.data) this.#resolve(answer.data)
    else {
      const { refused, worker } = answer.data
      this.#resolve({ why: [`refused: ${refused}`], worker })
    }
  }

  /** Takes it away with which too many workers were lost; one that holds it says so itself. */
  async takeDeadly(): Promise<void> {
    if (await this.remove()) this.#end(`${mostLosses} workers were lost with it`)
  }

  /** Takes it back, unless somebody has it. */
  async takeBack(): Promise<boolean> {
    if (this.workers.length > 0 || !(await this.remove())) return false
    this.#resolve(null)
    return true
  }

  /** Removes it from its queue, unless somebody holds it. */
  async remove(): Promise<boolean> {
    const { id, queue } = this.options
    if ((await queue.remove(id).catch(() => 0)) === 0) return false
    this.#over = true
    return true
  }

  /** Waits for it no more. */
  fail(error: unknown): void {
    this.#over = true
    this.#reject(error)
  }

  #end(reason: string): void {
    const begun = this.workers.length === 0 ? [] : [`begun by ${this.workers.join(', ')}`]
    this.#resolve({ why: [reason, ...begun], worker: this.workers.at(-1) ?? null })
  }
}
