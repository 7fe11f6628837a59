import { type Difference, differencesBetween, nameOf } from '../baseline/difference.js'
import { type Fact, formatFact, single } from '../baseline/fact.js'
import { baselineFacts } from '../baseline/facts.js'
import { normaliseText } from '../baseline/normalise.js'
import { isSettled, withoutClocks } from '../baseline/settled.js'
import { InputError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import { isNamed, parseSought, type Sought } from './until.js'

/** What a bisection of one scenario looks for: how the bad end differs from the good one. */
export interface Target {
  readonly scenario: string
  /** What decides of a commit: each of these must be as at one end. */
  readonly deciding: readonly Difference[]
  /** All that differs; what does not decide came with it, or with another commit. */
  readonly differences: readonly Difference[]
  readonly outcomes: { readonly good: string; readonly bad: string }
}

/** What is told of a commit. */
export interface Answer {
  readonly decision: 'good' | 'bad' | 'skip'
  /** In a sentence: what it shows, or why it tells nothing. */
  readonly why: string
}

// What is looked for first where several things differ: what stands further down mostly follows from it.
const ranks: readonly (readonly string[])[] = [
  ['outcome', 'died in', 'stuck in', 'ending'],
  ['hypervisor'],
  ['paravirt', 'sysfs type'],
  ['clocksource current'],
  ['violation', 'mixed', 'broken'],
  ['interface'],
  ['topology', 'cpu', 'cache'],
  ['bug', 'vulnerability', 'flag'],
  ['clocksource available', 'clockevent'],
]

// What is asked for is the same at both ends, and what a kernel says of itself is no difference unless nothing else is.
const uncompared: readonly string[] = ['asked']

/** What is compared of a guest. */
export function bisectFacts(record: GuiseRecord): Fact[] {
  const { outcome, ending } = record
  const died = outcome === 'panic' || outcome === 'oops' || outcome === 'early-exception'
  const facts = baselineFacts(record).filter(({ kind }) => !uncompared.includes(kind))
  const settled = isSettled(record) ? facts : withoutClocks(facts)
  return died && ending !== null ? [...settled, single('ending', normaliseText(ending))] : settled
}

/** The facts that several runs of one guest have in common; the others hang on chance. */
export function steadyFacts(records: readonly GuiseRecord[]): Fact[] {
  const [first = [], ...others] = records.map(bisectFacts)
  const lines = others.map(facts => new Set(facts.map(formatFact)))
  return first.filter(fact => lines.every(each => each.has(formatFact(fact))))
}

/**
 * What tells the good end of a bisection from the bad one, from all runs of each; null where nothing does.
 *
 * @param sought - what the user looks for; empty: whatever differs most
 */
export function targetBetween(
  good: readonly GuiseRecord[],
  bad: readonly GuiseRecord[],
  sought: readonly Sought[],
): Target | null {
  const [first, other] = [good[0], bad[0]]
  if (first === undefined || other === undefined) return null
  const all = differencesBetween(steadyFacts(good), steadyFacts(bad))
  const differences = all.filter(each => isSteady(each, good, bad))
  const deciding =
    sought.length > 0 ? differences.filter(each => isNamed(each, sought)) : anchorOf(differences)
  if (deciding.length === 0) return null
  return {
    scenario: first.scenario,
    deciding,
    differences,
    outcomes: { good: first.outcome ?? '', bad: other.outcome ?? '' },
  }
}

/** Whether no run of either end shows what the other end is known by. */
function isSteady(
  { gone, fresh }: Difference,
  good: readonly GuiseRecord[],
  bad: readonly GuiseRecord[],
): boolean {
  const shows = (records: readonly GuiseRecord[], facts: readonly Fact[]) =>
    records.some(record => {
      const lines = new Set(bisectFacts(record).map(formatFact))
      return facts.some(fact => lines.has(formatFact(fact)))
    })
  return !shows(good, fresh) && !shows(bad, gone)
}

/** Of how a guest ends all of it, else the first that differs of what comes first. */
function anchorOf(differences: readonly Difference[]): readonly Difference[] {
  for (const [rank, kinds] of ranks.entries()) {
    const found = differences.filter(({ kind }) => kinds.includes(kind))
    if (found.length > 0) return rank === 0 ? found : found.slice(0, 1)
  }
  return differences.slice(0, 1)
}

/**
 * What tells the two ends apart, for each scenario that differs.
 *
 * @param until - what the user looks for, as `--until` takes it
 * @throws InputError where nothing does
 */
export function targetsBetween(
  { good, bad }: Readonly<Record<'good' | 'bad', readonly GuiseRecord[]>>,
  scenarios: readonly string[],
  until: readonly string[],
): Target[] {
  const sought = until.map(parseSought)
  const between = (name: string, named: readonly Sought[]) => {
    const of = (records: readonly GuiseRecord[]) =>
      records.filter(({ scenario }) => scenario === name)
    return targetBetween(of(good), of(bad), named)
  }
  const targets = scenarios.map(name => between(name, sought)).filter(each => each !== null)
  if (targets.length > 0) return targets
  const differing = scenarios.flatMap(name => between(name, [])?.differences ?? [])
  throw new InputError(
    differing.length > 0
      ? `--until ${until.join(', ')}: expected what --good and --bad differ in (${[...new Set(differing.map(nameOf))].join(', ')}), got what they do not`
      : `--good and --bad: expected guests of ${scenarios.join(', ')} that differ, got the same of both`,
  )
}

/** What the record of a commit says of a target. */
export function answerOf(target: Target, record: GuiseRecord): Answer {
  const { verdict, outcome, why } = record
  if (verdict === 'error' || outcome === null)
    return { decision: 'skip', why: `it tells nothing: ${verdict}: ${why[0] ?? ''}` }
  const { good, bad } = target.outcomes
  if (outcome !== good && outcome !== bad) {
    return { decision: 'skip', why: `it fails otherwise: ${record.ending ?? outcome}` }
  }
  const lines = new Set(bisectFacts(record).map(formatFact))
  const has = (facts: readonly Fact[]) => facts.every(fact => lines.has(formatFact(fact)))
  const lacks = (facts: readonly Fact[]) => !facts.some(fact => lines.has(formatFact(fact)))
  const isBad = target.deciding.every(({ gone, fresh }) => has(fresh) && lacks(gone))
  const isGood = target.deciding.every(({ gone, fresh }) => has(gone) && lacks(fresh))
  if (isBad || isGood) {
    const sides = target.deciding.map(each =>
      isBad ? shownAs(each.fresh, each) : shownAs(each.gone, each),
    )
    return { decision: isBad ? 'bad' : 'good', why: sides.join('; ') }
  }
  const names = new Set(target.deciding.map(nameOf))
  const own = bisectFacts(record).filter(fact => names.has(nameOf(fact)))
  const shown = own.map(formatFact).join('; ') || `no ${[...names].join(', ')}`
  return { decision: 'skip', why: `it is as neither end: ${shown}` }
}

function shownAs(facts: readonly Fact[], difference: Difference): string {
  return facts.length === 0 ? `no ${nameOf(difference)}` : facts.map(formatFact).join('; ')
}

/**
 * What a commit shows of several scenarios: what all say, else what the first says that says anything.
 *
 * @param answers - in the order of the scenarios
 */
export function together(answers: readonly (Answer & { readonly scenario: string })[]): Answer {
  const told = answers.filter(({ decision }) => decision !== 'skip')
  const [first] = told.length > 0 ? told : answers
  if (first === undefined) return { decision: 'skip', why: 'no guest was started' }
  if (answers.length === 1) return { decision: first.decision, why: first.why }
  const why = answers.map(({ scenario, decision, why: own }) => `${scenario}: ${decision}, ${own}`)
  return { decision: first.decision, why: why.join(' / ') }
}
