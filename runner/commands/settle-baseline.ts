import { compareFingerprints } from '../baseline/fingerprint.js'
import { baselinePath } from '../baseline/file.js'
import { type IgnoredFact, type IgnoreRule, readIgnoreRules } from '../baseline/ignore.js'
import { isSettled } from '../baseline/settled.js'
import { type BaselineCheck, checkBaseline, updateBaseline } from '../baseline/store.js'
import { differenceLines, ignoredLines, namesOf } from '../baseline/text.js'
import { EnvironmentError, InputError } from '../errors.js'
import { printable } from '../report/printable.js'
import type { GuiseRecord } from '../record/schema.js'

/** What became of one record, and the exit status that it means. */
export interface Settlement {
  readonly state: keyof typeof statuses
  /** Lines, each with its end; empty where there is nothing to say. */
  readonly text: string
}

/** What may become of a record, and the exit status that each means. */
export const statuses = {
  same: 0,
  written: 0,
  skip: 0,
  differs: 1,
  missing: 1,
  refused: 1,
  conflict: 1,
  error: 3,
} as const

/** How records are held against their baselines. */
export interface SettleOptions {
  readonly mode: 'update' | 'check'
  /** The folder. */
  readonly baselines: string
  /** Whether a guest that fails is recorded, too. */
  readonly acceptFailures: boolean
  /** The command that would accept what a record came to; null where there is none. */
  readonly acceptCommand: (record: GuiseRecord) => string | null
}

/** Holds records against their baselines, one after the other, as `guise baseline` does. */
export class BaselineSettler {
  readonly #rules: readonly IgnoreRule[]
  readonly #applied = new Set<IgnoreRule>()
  readonly #concerned = new Set<IgnoreRule>()
  /** The kernel that a baseline was written from in this run: two kernels of one series share one. */
  readonly #written = new Map<string, string>()

  /** @throws InputError for bad rules of what to ignore */
  constructor(private readonly options: SettleOptions) {
    this.#rules = readIgnoreRules(options.baselines)
  }

  /** The rules that speak of records that came, none of which had a use for them. */
  get unused(): readonly IgnoreRule[] {
    return this.#rules.filter(rule => this.#concerned.has(rule) && !this.#applied.has(rule))
  }

  /** A baseline that can't be read or written costs its own record, and not the others of an hour's run. */
  settle(record: GuiseRecord): Settlement {
    const untold = tellsNothing(record)
    if (untold !== null) return untold
    for (const rule of this.#rules) if (rule.concerns(record)) this.#concerned.add(rule)
    try {
      return this.options.mode === 'check' ? this.#check(record) : this.#update(record)
    } catch (error) {
      if (error instanceof InputError || error instanceof EnvironmentError)
        return told('error', error.message)
      throw error
    }
  }

  /** What becomes of a scenario that there is no record of. */
  without(scenario: string, why: string): Settlement {
    return told('error', `${scenario}: ${why}`)
  }

  #check(record: GuiseRecord): Settlement {
    const check = checkBaseline(this.options.baselines, record, this.#rules)
    const { path, state, ignored } = check
    this.#note(ignored)
    if (state === 'missing')
      return told('missing', `${path}: not in ${this.options.baselines}`, this.#accept(record))
    if (state === 'differs') {
      return told('differs', `${path}: ${namesOf(check.differences)}`, [
        ...detailsOf(check),
        ...this.#accept(record),
      ])
    }
    return isSettled(record)
      ? told('same', path, ignoredLines(ignored))
      : told('error', `${path}: ${unsettled}; all but the clocks is the same`)
  }

  #update(record: GuiseRecord): Settlement {
    const { baselines, acceptFailures } = this.options
    const path = baselinePath(record)
    const { version, release } = record.kernel
    if (!isSettled(record)) return told('error', `${path}: ${unsettled}; nothing is written`)
    if (record.verdict === 'fail' && !acceptFailures) {
      const why = record.why.join('; ')
      return told(
        'refused',
        `${path}: this guest fails (--accept-failures records it all the same): ${why}`,
      )
    }
    const before = this.#written.get(path)
    if (before !== undefined) {
      const check = checkBaseline(baselines, record, this.#rules)
      if (check.state === 'same') return { state: 'same', text: '' }
      const text = `${path}: it is ${before}'s, from which ${version} (${release}) differs`
      return told('conflict', text, detailsOf(check))
    }
    this.#written.set(path, `${version} (${release})`)
    const check = updateBaseline(baselines, record, this.#rules)
    this.#note(check.ignored)
    const failing = record.verdict === 'fail' ? ': of a guest that fails' : ''
    if (check.state === 'same') return told('same', path + failing)
    const what = check.state === 'missing' ? ': new' : `: ${namesOf(check.differences)}`
    return told('written', path + failing + what)
  }

  #note(ignored: readonly IgnoredFact[]): void {
    for (const { rule } of ignored) this.#applied.add(rule)
  }

  #accept(record: GuiseRecord): string[] {
    const command = this.options.acceptCommand(record)
    return command === null ? [] : [`accept: ${command}`]
  }
}

/** Of a record that tells nothing of its kernel. */
function tellsNothing({ scenario, verdict, why }: GuiseRecord): Settlement | null {
  if (verdict === 'skip') return told('skip', `${scenario}: ${why[0] ?? ''}`)
  if (verdict === 'error') return told('error', `${scenario}: ${why.join('; ')}`)
  return null
}

function detailsOf({ differences, ignored, made }: BaselineCheck): string[] {
  return [
    ...differenceLines(differences),
    ...ignoredLines(ignored),
    ...(made === null ? [] : [`made with: ${compareFingerprints(made.before, made.now)}`]),
  ]
}

const unsettled = 'the clock sources had not settled, or the watchdog marked one unstable'

function told(
  state: Settlement['state'],
  heading: string,
  details: readonly string[] = [],
): Settlement {
  const lines = [
    `${state.padEnd(8)} ${printable(heading)}`,
    ...details.map(line => `  ${printable(line)}`),
  ]
  return { state, text: lines.map(line => `${line}\n`).join('') }
}
