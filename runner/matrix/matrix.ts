import { baselineFacts } from '../baseline/facts.js'
import type { GuiseRecord } from '../report/record-schema.js'
import { compareVersions, parseVersion } from '../scenario/kernel-version.js'
import { causeOfChange } from './kernel-changes.js'

/** Scenarios by kernels, a cell each. */
export interface Matrix {
  /** From the oldest to the newest. */
  readonly kernels: readonly MatrixKernel[]
  /** In the order of their names. */
  readonly rows: readonly MatrixRow[]
}

/** A column of a matrix. */
export type MatrixKernel = Pick<GuiseRecord['kernel'], 'release' | 'version' | 'sha256'>

/** A row of a matrix. */
export interface MatrixRow {
  readonly scenario: string
  /** A cell for each kernel; null where that has no record. */
  readonly cells: readonly (MatrixCell | null)[]
}

/** What one kernel made of one scenario, and how that differs from the kernel before it. */
export interface MatrixCell {
  readonly verdict: GuiseRecord['verdict']
  readonly accel: GuiseRecord['accel']
  readonly fidelity: GuiseRecord['fidelity']
  readonly outcome: GuiseRecord['outcome']
  readonly diedIn: GuiseRecord['diedIn']
  readonly hypervisor: string | null
  readonly clocksource: string | null
  /** The reasons of a verdict; of a skip the one. */
  readonly why: readonly string[]
  /** The commit or rule that the scenario names for this kernel, or null. */
  readonly rule: string | null
  /**
   * The facts that are new (`+ `) or gone (`- `) against the nearest older kernel with a record of the same fidelity; null where
   * there is none to compare with. Nothing that differs from build to build: no flags and no log lines.
   */
  readonly changes: readonly string[] | null
  /** Why: the changes of Linux, and the rule that the scenario names for one of the two kernels and not for the other. */
  readonly causes: readonly string[]
  /** Those of the changes that nothing accounts for. */
  readonly unexplained: readonly string[]
}

/** Puts the records of a run, or of several, into a matrix. */
export function makeMatrix(records: readonly GuiseRecord[]): Matrix {
  const kernels = [...new Map(records.map(({ kernel }) => [kernel.sha256, kernel])).values()]
    .map(({ release, version, sha256 }) => ({ release, version, sha256 }))
    .sort(byVersion)
  const scenarios = [...new Set(records.map(({ scenario }) => scenario))].sort()
  const found = new Map(
    records.map(record => [`${record.scenario} ${record.kernel.sha256}`, record]),
  )
  return {
    kernels,
    rows: scenarios.map(scenario => {
      const own = kernels.map(({ sha256 }) => found.get(`${scenario} ${sha256}`) ?? null)
      return {
        scenario,
        cells: own.map((record, index) => record && cellOf(record, own.slice(0, index))),
      }
    }),
  }
}

function byVersion(a: MatrixKernel, b: MatrixKernel): number {
  const [first, second] = [parseVersion(a.version), parseVersion(b.version)]
  const order = first === null || second === null ? 0 : compareVersions(first, second)
  return order !== 0 ? order : a.release < b.release ? -1 : 1
}

function cellOf(record: GuiseRecord, older: readonly (GuiseRecord | null)[]): MatrixCell {
  const { verdict, accel, fidelity, outcome, diedIn, identity, clocksource, why, rule } = record
  const before = older.findLast(other => other !== null && isComparable(record, other)) ?? null
  return {
    verdict,
    accel,
    fidelity,
    outcome,
    diedIn,
    hypervisor: identity.hypervisor,
    clocksource: clocksource.current,
    why,
    rule,
    ...(before === null
      ? { changes: null, causes: [], unexplained: [] }
      : explainedChanges(before, record)),
  }
}

function isComparable(record: GuiseRecord, other: GuiseRecord): boolean {
  return record.outcome !== null && other.outcome !== null && record.fidelity === other.fidelity
}

function explainedChanges(
  before: GuiseRecord,
  now: GuiseRecord,
): Pick<MatrixCell, 'changes' | 'causes' | 'unexplained'> {
  const changes = changesBetween(before, now)
  const causes = new Set<string>()
  const unexplained: string[] = []
  for (const change of changes) {
    const cause = causeOfChange(change, before, now) ?? conditionBetween(before, now)
    if (cause === null) unexplained.push(change)
    else causes.add(cause)
  }
  return { changes, causes: [...causes], unexplained }
}

/** What a scenario says of two kernels of which it expects different things. */
function conditionBetween(before: GuiseRecord, now: GuiseRecord): string | null {
  if (before.rule === now.rule) return null
  return now.rule ?? `no longer: ${before.rule ?? ''}`
}

function changesBetween(before: GuiseRecord, now: GuiseRecord): string[] {
  const [old, fresh] = [before, now].map(factsOf) as [string[], string[]]
  return [
    ...old.filter(fact => !fresh.includes(fact)).map(fact => `- ${fact}`),
    ...fresh.filter(fact => !old.includes(fact)).map(fact => `+ ${fact}`),
  ]
}

function factsOf(record: GuiseRecord): string[] {
  return baselineFacts(record).filter(fact => !/^(?:flag|log) /.test(fact))
}
