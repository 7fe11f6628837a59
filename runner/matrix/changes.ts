import { isSameFact, single } from '../baseline/fact.js'
import { baselineFacts } from '../baseline/facts.js'
import { normaliseText } from '../baseline/normalise.js'
import type { GuiseRecord } from '../record/schema.js'
import type { Change, MatrixFact } from './change.js'
import { causeOfChange } from './kernel-changes.js'
import type { Pair } from './version-wide.js'

/** What differs between two records of a scenario, and why. */
export interface Changes {
  /**
   * The facts that are new or gone against the nearest older kernel with a record of the same fidelity; null where
   * there is none to compare with. The verdict is one, and of two failures why they are. Nothing that differs from build to
   * build or from run to run: no log lines, no addresses. Nothing that is the version's (`versionChanges()`).
   */
  readonly changes: readonly Change[] | null
  /** The verdict of that kernel. */
  readonly verdictBefore: GuiseRecord['verdict'] | null
  /** Why: the changes of Linux, and the rule that the scenario names for one of the two kernels and not for the other. */
  readonly causes: readonly string[]
  /** Those of the changes that nothing accounts for. */
  readonly unexplained: readonly Change[]
}

/** The records that one is held against: of the nearest older kernels of the same fidelity. */
interface Compared {
  /** For the verdict. */
  readonly judged: GuiseRecord
  /** For what was seen; of a guest that was never started nothing is, and its kernel is held against the one before it. */
  readonly reported: GuiseRecord | undefined
}

function comparedWith(
  older: readonly (GuiseRecord | null)[],
  now: GuiseRecord,
): Compared | undefined {
  const comparable = older.filter(
    (other): other is GuiseRecord => other !== null && isComparable(other, now),
  )
  const judged = comparable.at(-1)
  if (judged === undefined) return undefined
  return { judged, reported: now.outcome === null ? undefined : comparable.findLast(wasStarted) }
}

/** The record whose facts those of `now` are held against; null where there is none. */
export function pairOf(older: readonly (GuiseRecord | null)[], now: GuiseRecord): Pair | null {
  const before = comparedWith(older, now)?.reported
  return before === undefined ? null : { before, now }
}

/**
 * Holds a record against those of older kernels.
 *
 * @param older - from the oldest on; null where a kernel has none
 * @param ofVersion - whether a change is the version's, whatever the scenario
 */
export function changesSince(
  older: readonly (GuiseRecord | null)[],
  now: GuiseRecord,
  ofVersion: (change: Change) => boolean = () => false,
): Changes {
  const compared = comparedWith(older, now)
  if (compared === undefined) {
    return { changes: null, verdictBefore: null, causes: [], unexplained: [] }
  }
  const { judged, reported } = compared
  const observed = withoutVersions(
    reported === undefined ? [] : between(factsOf(reported, now), factsOf(now, reported)),
    ofVersion,
  )
  const verdicts = between(...verdictFacts(judged, now))
  const causes = new Set<string>()
  const unexplained: Change[] = []
  const explain = (change: Change, cause: string | null) => {
    if (cause === null) unexplained.push(change)
    else causes.add(cause)
  }
  for (const change of observed) {
    const before = reported ?? judged
    explain(change, causeOfChange(change, before, now) ?? conditionBetween(before, now))
  }
  const follows = unexplained.length === 0 && causes.size > 0 && failsByFacts(judged, now)
  for (const change of follows ? [] : verdicts) explain(change, causeOfVerdict(judged, now))
  return {
    changes: [...verdicts, ...observed],
    verdictBefore: judged.verdict,
    causes: [...causes],
    unexplained,
  }
}

function wasStarted({ outcome }: GuiseRecord): boolean {
  return outcome !== null
}

/** Of a vulnerability what is said now stands for what was said before: one that is the version's takes the other with it. */
function withoutVersions(
  changes: readonly Change[],
  ofVersion: (change: Change) => boolean,
): Change[] {
  const reworded = new Set(
    changes
      .filter(change => change.fact.kind === 'vulnerability' && ofVersion(change))
      .map(({ fact }) => fact.id),
  )
  return changes.filter(
    change =>
      !ofVersion(change) && !(change.fact.kind === 'vulnerability' && reworded.has(change.fact.id)),
  )
}

/** What was left out tells nothing; nor does a kernel's failure where the hypervisor answers of one where it does not. */
function isComparable(other: GuiseRecord, now: GuiseRecord): boolean {
  return [other, now].every(isJudged) && other.fidelity === now.fidelity
}

function isJudged({ outcome, verdict }: GuiseRecord): boolean {
  return outcome !== null || verdict !== 'skip'
}

/** What a scenario says of two kernels of which it expects different things. */
function conditionBetween(before: GuiseRecord, now: GuiseRecord): string | null {
  if (before.rule === now.rule) return null
  return now.rule ?? `no longer: ${before.rule ?? ''}`
}

function causeOfVerdict(before: GuiseRecord, now: GuiseRecord): string | null {
  const skipped = [now, before].find(({ verdict }) => verdict === 'skip')
  return conditionBetween(before, now) ?? skipped?.why[0] ?? null
}

// What a kernel says in other words with each version.
const ofVersions: readonly string[] = ['log']

// What an expectation may be about and a matrix does not compare.
const uncompared = /^(?:log\.has|log\.lacks|drivers|tsc\.khz)$/

/** Whether a failure is one of what is compared: with each of its changes accounted for, the verdict is. */
function failsByFacts(before: GuiseRecord, now: GuiseRecord): boolean {
  const failed = [before, now].filter(({ verdict }) => verdict === 'fail')
  return (
    failed.length > 0 &&
    failed.every(
      ({ unmet }) => unmet.length > 0 && unmet.every(({ field }) => !uncompared.test(field)),
    )
  )
}

/** The verdicts, where they differ; of two failures what they are, without what differs from run to run. */
function verdictFacts(before: GuiseRecord, now: GuiseRecord): [MatrixFact[], MatrixFact[]] {
  const both = [before, now] as const
  const facts = both.every(({ verdict }) => verdict === 'fail') ? failureFacts : verdictFact
  return [facts(before), facts(now)]
}

function verdictFact({ verdict }: GuiseRecord): MatrixFact[] {
  return [single('verdict', verdict)]
}

// Where one of these is unmet, the reason says how the guest ended.
const fieldsOfEnding: readonly string[] = ['outcome', 'died-in', 'stuck-in']

function failureFacts({ why, ending, unmet }: GuiseRecord): MatrixFact[] {
  const told = unmet.some(({ field }) => fieldsOfEnding.includes(field))
  const untold = ending === null || told ? [] : [ending]
  return [
    ...why.map(reason => single('why', normaliseText(reason))),
    ...untold.map(reason => single('ending', normaliseText(reason))),
  ]
}

function between(old: readonly MatrixFact[], fresh: readonly MatrixFact[]): Change[] {
  const only = (
    sign: Change['sign'],
    facts: readonly MatrixFact[],
    others: readonly MatrixFact[],
  ) =>
    facts
      .filter(fact => !others.some(other => isSameFact(other, fact)))
      .map((fact): Change => ({ sign, fact }))
  return [...only('-', old, fresh), ...only('+', fresh, old)]
}

// What only the report tells, which a guest that dies has not written.
const ofReports: readonly string[] = [
  ...['sysfs type', 'clocksource available', 'clockevent', 'flag', 'bug', 'vulnerability'],
  ...['cpu', 'topology', 'cache'],
]

/** What is compared of a record; of one that died, or is held against one that did, nothing that only a report could tell. */
function factsOf(record: GuiseRecord, against: GuiseRecord): MatrixFact[] {
  const reported = [record, against].every(({ outcome }) => outcome === 'reported')
  const left = reported ? ofVersions : [...ofVersions, ...ofReports]
  return baselineFacts(record).filter(({ kind }) => !left.includes(kind))
}
