import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError, InputError } from '../errors.js'
import { readRuns } from '../record/read-run.js'
import type { GuiseRecord } from '../record/schema.js'
import { type BisectState, type Decided, writeState } from './state.js'
import { type Answer, answerOf, type Target, targetsBetween, together } from './target.js'
import { whyNotBuilt } from './why-not-built.js'
import type { BisectMeans, Position } from './means.js'

/** What a bisection came to. */
export interface BisectResult {
  readonly position: Exclude<Position, { next: string }>
  readonly targets: readonly Target[]
}

// On real time a verdict is believed when two runs in a row agree; so is the environment's trouble.
const mostRuns = 5

/** Finds the commit that brought a difference. */
export class Bisection {
  #state: BisectState
  readonly #folder: string
  readonly #means: BisectMeans

  /** @param folder - where its state and all records are kept */
  constructor(folder: string, state: BisectState, means: BisectMeans) {
    this.#folder = folder
    this.#state = state
    this.#means = means
  }

  /** What is known of it by now. */
  get state(): BisectState {
    return this.#state
  }

  /**
   * Goes on to the end.
   *
   * @throws InputError where an end can't be had, or both are the same
   * @throws EnvironmentError where the environment has trouble with an end
   */
  async run(): Promise<BisectResult> {
    const { good, bad } = this.#state.question
    const { scenarios, until } = this.#state.question
    const ends = { good: await this.#end('good', good), bad: await this.#end('bad', bad) }
    const targets = targetsBetween(ends, scenarios, until)
    this.#means.onEvent({ kind: 'targets', targets })
    let position = await this.#means.search.start(good.id, bad.id)
    for (const { decision, id } of this.#state.decided) {
      position = await this.#means.search.tell(decision, id)
    }
    while ('next' in position) position = await this.#step(position, targets)
    return { position, targets }
  }

  /** The records of something that was tried; the last run of each scenario. */
  recordsOf({ records }: Pick<Decided, 'records'>): GuiseRecord[] {
    const all = records === null ? [] : this.#read(records)
    return [...new Map(all.map(record => [record.scenario, record])).values()]
  }

  #read(folder: string): GuiseRecord[] {
    return readRuns(join(this.#folder, folder)).flatMap(each => each.records)
  }

  /** Has the records of an end: those of before, or new ones. */
  async #end(
    side: 'good' | 'bad',
    { id, subject }: Omit<Decided, 'decision'> | { id: string; subject: string },
  ): Promise<GuiseRecord[]> {
    const before = this.#state.ends[side]
    if (before?.records != null) {
      this.#means.onEvent({ kind: 'decided', decided: before, again: true })
      return this.#read(before.records)
    }
    this.#means.onEvent({ kind: 'trying', step: 0, stepsLeft: 0, id, subject, leftMs: null })
    const begun = performance.now()
    const kernel = await this.#means.prepare(id)
    const built = performance.now()
    this.#forget(side)
    const records = await this.#bootEnd(kernel, side)
    for (const { scenario, verdict, outcome, why } of records) {
      if (verdict !== 'error' && outcome !== null) continue
      const message = `--${side} ${id}: expected a guest of ${scenario} that tells something, got ${verdict}: ${why[0] ?? ''}`
      throw verdict === 'error' ? new EnvironmentError(message) : new InputError(message)
    }
    const seconds = {
      build: secondsOf(built - begun),
      guests: secondsOf(performance.now() - built),
    }
    const why = this.#state.question.scenarios.join(', ')
    const decided: Decided = { id, subject, decision: side, why, seconds, records: side }
    this.#keep({ ...this.#state, ends: { ...this.#state.ends, [side]: decided } })
    this.#means.onEvent({ kind: 'decided', decided, again: false })
    return records
  }

  /** Once on virtual time; twice on real time, so that what hangs on chance is seen. */
  async #bootEnd(kernel: string, side: string): Promise<GuiseRecord[]> {
    const records = await this.#means.boot(kernel, join(this.#folder, side, '1'))
    if (!records.some(isOnRealTime)) return [...records]
    return [...records, ...(await this.#means.boot(kernel, join(this.#folder, side, '2')))]
  }

  async #step(
    { next: id, stepsLeft }: Extract<Position, { next: string }>,
    targets: readonly Target[],
  ): Promise<Position> {
    const subject = await this.#means.subjectOf(id)
    const step = this.#state.decided.length + 1
    const leftMs = this.#timeLeft(stepsLeft + 1)
    this.#means.onEvent({ kind: 'trying', step, stepsLeft, id, subject, leftMs })
    const decided = await this.#try(id, subject, targets)
    this.#keep({ ...this.#state, decided: [...this.#state.decided, decided] })
    this.#means.onEvent({ kind: 'decided', decided, again: false })
    return this.#means.search.tell(decided.decision, id)
  }

  async #try(id: string, subject: string, targets: readonly Target[]): Promise<Decided> {
    const begun = performance.now()
    let kernel: string
    try {
      kernel = await this.#means.prepare(id)
    } catch (error) {
      // It says nothing of what is looked for; a machine without room, or an interruption, says nothing of the commit.
      if (!(error instanceof InputError)) throw error
      const build = secondsOf(performance.now() - begun)
      return {
        id,
        subject,
        decision: 'skip',
        why: whyNotBuilt(error),
        seconds: { build, guests: 0 },
        records: null,
      }
    }
    const built = performance.now()
    const records = join('steps', id.replaceAll(/[^\w.+~:-]/g, '_'))
    this.#forget(records)
    const answer = await this.#ask(kernel, join(this.#folder, records), targets)
    const seconds = {
      build: secondsOf(built - begun),
      guests: secondsOf(performance.now() - built),
    }
    return { id, subject, ...answer, seconds, records }
  }

  /** Runs the guests until it is sure what they say. */
  async #ask(kernel: string, folder: string, targets: readonly Target[]): Promise<Answer> {
    let before: Answer | null = null
    for (let number = 1; number <= mostRuns; number += 1) {
      const records = await this.#means.boot(kernel, join(folder, String(number)))
      const answer = together(
        targets.flatMap(target => {
          const record = records.find(({ scenario }) => scenario === target.scenario)
          return record === undefined
            ? []
            : [{ scenario: target.scenario, ...answerOf(target, record) }]
        }),
      )
      const isSure = !records.some(each => isOnRealTime(each) || each.verdict === 'error')
      if (isSure || before?.decision === answer.decision) return answer
      before = answer
    }
    return {
      decision: 'skip',
      why: `${mostRuns} runs, no two of which agree in a row`,
    }
  }

  /** What an attempt that was ended left half done counts for nothing. */
  #forget(records: string): void {
    rmSync(join(this.#folder, records), { recursive: true, force: true })
  }

  #timeLeft(steps: number): number | null {
    const { decided } = this.#state
    if (decided.length === 0) return null
    const spent = decided.reduce((sum, { seconds }) => sum + seconds.build + seconds.guests, 0)
    return Math.round((spent / decided.length) * steps * 1000)
  }

  #keep(state: BisectState): void {
    writeState(this.#folder, state)
    this.#state = state
  }
}

function isOnRealTime({ clock, outcome }: GuiseRecord): boolean {
  return outcome !== null && clock !== 'virtual'
}

function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10
}
