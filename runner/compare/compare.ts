import { type Difference, differencesBetween } from '../baseline/difference.js'
import type { Fact } from '../baseline/fact.js'
import { withoutClocks } from '../baseline/settled.js'
import { renormalised } from '../baseline/facts.js'
import { type Change, formatChange } from '../matrix/change.js'
import { changesSince } from '../matrix/changes.js'
import { type VersionChange, versionChanges } from '../matrix/version-wide.js'
import { InputError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import type { Fidelity } from '../scenario/outcome.js'
import { notAsked, type RegisterChange, registerChanges } from './leaf-changes.js'
import type { Side, Subject } from './subject.js'

/** A scenario that both sides have, at one fidelity. */
export interface ComparedScenario {
  readonly scenario: string
  readonly fidelity: Fidelity
  /** The kernel's series, where the sides have several; else null. */
  readonly series: string | null
  readonly changes: readonly Change[]
  /** Why, where that is known: commits of Linux, and rules that the scenario names for one kernel and not for the other. */
  readonly causes: readonly string[]
  /** Those of the changes that no cause is known of; none where one side is a baseline, which is asked for none. */
  readonly unexplained: readonly Change[]
  /** How the CPUID that was asked for differs, bit by bit; it is among the changes, too. */
  readonly asked: readonly Difference[]
  /** How the CPUID that the guests saw differs. */
  readonly registers: readonly RegisterChange[]
}

/** A scenario that could not be compared. */
export interface UncomparedScenario {
  readonly scenario: string
  readonly fidelity: Fidelity
  readonly why: string
  /** Whether it is the environment's trouble, which a comparison must not hide. */
  readonly isTrouble: boolean
  /** Whether one side has nothing of it. */
  readonly isAbsent: boolean
}

/** Two sides, held against each other. */
export interface Comparison {
  readonly sides: readonly [Side, Side]
  /** New and gone flags, bugs and words on vulnerabilities that are the version's. */
  readonly versionChanges: readonly VersionChange[]
  /** In the order of their names, those that are the same among them. */
  readonly scenarios: readonly ComparedScenario[]
  readonly uncompared: readonly UncomparedScenario[]
}

/** Whether anything differs. */
export function differs({ versionChanges: ofVersion, scenarios }: Comparison): boolean {
  return ofVersion.length > 0 || scenarios.some(hasDifferences)
}

/** Whether anything of a scenario differs. */
export function hasDifferences({ changes, registers }: ComparedScenario): boolean {
  return changes.length > 0 || registers.length > 0
}

/**
 * Compares two sides, scenario by scenario. Results of different fidelity are never compared.
 *
 * @throws InputError where it is not clear which kernel of a side is meant
 */
export function compareSides(before: Side, now: Side): Comparison {
  const bySeries = severalSeries(before, now)
  const [old, fresh] = [before, now].map(({ subjects }) => byKey(subjects, bySeries))
  if (old === undefined || fresh === undefined) throw new RangeError('two sides')
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  const uncompared: UncomparedScenario[] = []
  const pairs: [Subject, Subject][] = []
  for (const key of keys) {
    const [a, b] = [old.get(key), fresh.get(key)]
    const otherFidelity = hasElsewhere((a ?? b) as Subject, a === undefined ? before : now)
    const why = whyNot(a, b, before, now, otherFidelity)
    const { scenario, fidelity } = (a ?? b) as Subject
    const isTrouble = [a, b].some(each => each?.record?.verdict === 'error')
    const isAbsent = a === undefined || b === undefined
    if (why !== null) uncompared.push({ scenario, fidelity, why, isTrouble, isAbsent })
    else if (a !== undefined && b !== undefined) pairs.push([a, b])
  }
  const ofSeries = pairs.flatMap(([a, b]) =>
    a.record && b.record && a.series !== b.series ? [{ before: a.record, now: b.record }] : [],
  )
  // One guest says nothing of others.
  const ofVersion = ofSeries.length > 1 ? versionChanges(ofSeries) : []
  const lines = new Set(ofVersion.map(formatChange))
  const isOfVersion = (change: Change) => lines.has(formatChange(change))
  return {
    sides: [before, now],
    versionChanges: ofVersion,
    scenarios: pairs.map(([a, b]) => comparePair(a, b, isOfVersion, bySeries)),
    uncompared,
  }
}

function byKey(subjects: readonly Subject[], bySeries: boolean): Map<string, Subject> {
  return new Map(
    subjects.map(subject => {
      const { scenario, fidelity, series } = subject
      return [[scenario, fidelity, bySeries ? series : ''].join('\0'), subject]
    }),
  )
}

/** Whether subjects are paired by the kernel's series, too: both sides have several, and the same. */
function severalSeries(...sides: readonly Side[]): boolean {
  const found = sides.map(({ subjects }) =>
    [...new Set(subjects.map(({ series }) => series))].sort(),
  )
  if (found.every(({ length }) => length <= 1)) return false
  const [one, two] = found.map(series => series.join(', '))
  if (one === two) return true
  const at = found.findIndex(({ length }) => length > 1)
  throw new InputError(
    `${sides[at]?.name ?? ''}: expected results of one kernel series, or of the same ones as the other side has, got ${found[at]?.join(', ') ?? ''}: name the folder of one`,
  )
}

function whyNot(
  a: Subject | undefined,
  b: Subject | undefined,
  before: Side,
  now: Side,
  otherFidelity: Fidelity | null,
): string | null {
  const hasNone = ({ name }: Side) =>
    otherFidelity === null ? `${name} has none` : `${name} has it with fidelity ${otherFidelity}`
  if (a === undefined) return hasNone(before)
  if (b === undefined) return hasNone(now)
  if (a.untold !== null) return `${before.name}: ${a.untold}`
  return b.untold === null ? null : `${now.name}: ${b.untold}`
}

/** The fidelity with which a side has a scenario of another one; null where it has none. */
function hasElsewhere({ scenario, fidelity }: Subject, { subjects }: Side): Fidelity | null {
  const other = subjects.find(each => each.scenario === scenario && each.fidelity !== fidelity)
  return other?.fidelity ?? null
}

function comparePair(
  a: Subject,
  b: Subject,
  isOfVersion: (change: Change) => boolean,
  bySeries: boolean,
): ComparedScenario {
  const { scenario, fidelity, series } = b
  const asked = differencesBetween(a.facts, b.facts).filter(({ kind }) => kind === 'asked')
  const place = { scenario, fidelity, series: bySeries ? series : null, asked }
  const log = a.series === b.series ? logChanges(a, b) : []
  if (a.record !== null && b.record !== null) {
    const found = recordChanges(a.record, b.record, isOfVersion)
    const registers = registerChanges(a.record, b.record)
    const changes = [...found.changes, ...log]
    // A guest that is asked for something else is another guest.
    if (asked.length > 0) {
      const causes = [...found.causes, 'the CPUID that was asked for differs']
      return { ...place, changes, causes, unexplained: [], registers: notAsked(registers, asked) }
    }
    return { ...place, ...found, changes, unexplained: [...found.unexplained, ...log], registers }
  }
  const changes = [...factChanges(a, b, ({ kind }) => kind !== 'log'), ...log]
  return { ...place, changes, causes: [], unexplained: [], registers: [] }
}

function recordChanges(
  before: GuiseRecord,
  now: GuiseRecord,
  isOfVersion: (change: Change) => boolean,
): Pick<ComparedScenario, 'changes' | 'causes' | 'unexplained'> {
  const { changes, causes, unexplained } = changesSince([before], now, isOfVersion)
  return { changes: changes ?? [], causes, unexplained }
}

/** Lines of the log, which each series has in words of its own. */
function logChanges(a: Subject, b: Subject): Change[] {
  return factChanges(a, b, ({ kind }) => kind === 'log')
}

function factChanges(a: Subject, b: Subject, which: (fact: Fact) => boolean): Change[] {
  const compared = (facts: readonly Fact[]) => {
    const normal = renormalised(facts).filter(which)
    return a.settled && b.settled ? normal : withoutClocks(normal)
  }
  return differencesBetween(compared(a.facts), compared(b.facts)).flatMap(({ gone, fresh }) => [
    ...gone.map((fact): Change => ({ sign: '-', fact })),
    ...fresh.map((fact): Change => ({ sign: '+', fact })),
  ])
}
