import { join } from 'node:path'
import { BuildError, InputError } from '../errors.js'
import { readRuns } from '../record/read-run.js'
import type { GuiseRecord } from '../record/schema.js'
import { type BisectState, type Decided, writeState } from './state.js'
import { type Answer, answerOf, type Target, targetBetween, together } from './target.js'
import { parseSought } from './until.js'

/** Where a search among commits or versions is. */
export type Position =
  /** What to try next, and about how many steps there are after it. */
  | { readonly next: string; readonly stepsLeft: number }
  | { readonly found: string }
  /** All that are left were skipped: it is one of them. */
  | { readonly suspects: readonly string[] }

/** What chooses the commits; it is told again, after an interruption, what was decided before. */
export interface Search {
  readonly start: (good: string, bad: string) => Promise<Position>
  readonly tell: (decision: Answer['decision'], id: string) => Promise<Position>
  readonly end: () => Promise<void>
}

/** What a bisection does, each done by others. */
export interface BisectMeans {
  readonly search: Search
  /** The first line of a commit's message, or what else names it to a person. */
  readonly subjectOf: (id: string) => Promise<string>
  /**
   * Makes the kernel of a commit.
   *
   * @returns its KERNEL SPEC
   * @throws InputError where that can't be done
   */
  readonly prepare: (id: string) => Promise<string>
  /** Runs the scenarios on a kernel; the records are kept in `folder`. */
  readonly boot: (kernel: string, folder: string) => Promise<readonly GuiseRecord[]>
  readonly onEvent: (event: BisectEvent) => void
}

/** What a bisection tells while it goes on. */
export type BisectEvent =
  | {
      readonly kind: 'trying'
      readonly step: number
      readonly stepsLeft: number
      readonly id: string
      readonly subject: string
      readonly leftMs: number | null
    }
  | { readonly kind: 'decided'; readonly decided: Decided; readonly again: boolean }
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }

/** What a bisection came to. */
export interface BisectResult {
  readonly position: Exclude<Position, { next: string }>
  readonly targets: readonly Target[]
}

// On real time a verdict is believed when two runs in a row agree.
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
   */
  async run(): Promise<BisectResult> {
    const { good, bad } = this.#state.question
    const targets = this.#targetsOf(await this.#end('good', good), await this.#end('bad', bad))
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
    const records = await this.#bootEnd(kernel, side)
    for (const { scenario, verdict, outcome, why } of records) {
      if (verdict === 'error' || outcome === null)
        throw new InputError(
          `--${side} ${id}: expected a guest of ${scenario} that tells something, got ${verdict}: ${why[0] ?? ''}`,
        )
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

  #targetsOf(good: readonly GuiseRecord[], bad: readonly GuiseRecord[]): Target[] {
    const { scenarios, until } = this.#state.question
    const sought = until.map(parseSought)
    const of = (records: readonly GuiseRecord[], name: string) =>
      records.filter(({ scenario }) => scenario === name)
    const targets = scenarios.flatMap(name => {
      const target = targetBetween(of(good, name), of(bad, name), sought)
      return target === null ? [] : [target]
    })
    if (targets.length > 0) return targets
    const any = scenarios.some(name => targetBetween(of(good, name), of(bad, name), []) !== null)
    throw new InputError(
      any
        ? `--until ${until.join(', ')}: expected what --good and --bad differ in, got what they do not`
        : `--good and --bad: expected guests of ${scenarios.join(', ')} that differ, got the same of both`,
    )
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
      const isSure = !records.some(isOnRealTime)
      if (isSure || before?.decision === answer.decision) return answer
      before = answer
    }
    return {
      decision: 'skip',
      why: `${mostRuns} runs on real time, no two of which agree in a row`,
    }
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

function whyNotBuilt(error: InputError): string {
  if (!(error instanceof BuildError)) return error.message
  const line = error.compilerLines.find(each => /error/i.test(each)) ?? error.compilerLines[0]
  return `it does not build: ${line ?? error.message}`
}

function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10
}
