import { type Fact, formatFact } from '../baseline/fact.js'
import { baselineFacts } from '../baseline/facts.js'
import { isOffered } from '../cpuid/flag-bits.js'
import { decodeSeen } from '../record/cpuid.js'
import { groupBy } from '../group-by.js'
import type { GuiseRecord } from '../record/schema.js'
import { type Change, formatChange, type MatrixFact } from './change.js'
import { causeOfChange } from './kernel-changes.js'

/** Two records of a scenario, of kernels that a matrix compares. */
export interface Pair {
  readonly before: GuiseRecord
  readonly now: GuiseRecord
}

/**
 * What a kernel shows of every CPU in question and the one before it of none, or the other way round: it knows more, or has
 * another word for it. What is new or gone of some CPUs and not of others is no such change.
 */
export interface VersionChange extends Change {
  /** The guests that show it. */
  readonly guests: number
  /** The CPU vendors of those guests, in the order of the alphabet. */
  readonly vendors: readonly string[]
}

const kinds: readonly string[] = ['flag', 'bug', 'vulnerability']

/**
 * The changes of flags, bugs and vulnerabilities that are the version's, from the guests that two kernels have in common. A change whose
 * cause is known to be of some CPUs is theirs.
 */
export function versionChanges(pairs: readonly Pair[]): VersionChange[] {
  const seen = pairs.map(pair => ({ ...pair, old: factsOf(pair.before), fresh: factsOf(pair.now) }))
  const known = {
    old: new Set(seen.flatMap(({ old }) => [...old.keys()])),
    fresh: new Set(seen.flatMap(({ fresh }) => [...fresh.keys()])),
  }
  const found = groupBy(
    seen.flatMap(({ before, now, old, fresh }) => [
      ...onlyIn(fresh, known.old).map(fact => ({ sign: '+' as const, fact, before, now })),
      ...onlyIn(old, known.fresh).map(fact => ({ sign: '-' as const, fact, before, now })),
    ]),
    formatChange,
  )
  return [...found.values()]
    .filter(
      shown => !shown.some(({ before, now, ...change }) => causeOfChange(change, before, now)),
    )
    .flatMap(shown => {
      const [{ sign, fact } = { sign: '-' as const, fact: null }] = shown
      if (fact === null || (sign === '+' && !showsOfAll(fact, seen))) return []
      const vendors = [...new Set(shown.map(({ now }) => now.vendor ?? ''))].sort()
      return [{ sign, fact, guests: shown.length, vendors }]
    })
    .sort((a, b) => (formatFact(a.fact) < formatFact(b.fact) ? -1 : 1))
}

function onlyIn(facts: ReadonlyMap<string, Fact>, others: ReadonlySet<string>): Fact[] {
  return [...facts].filter(([line]) => !others.has(line)).map(([, fact]) => fact)
}

/** Of which CPUs changes of a version are told: `whatever the CPU`, or of one vendor's. */
export function byCpu(
  changes: readonly VersionChange[],
): { readonly of: string; readonly changes: readonly VersionChange[] }[] {
  const groups = groupBy(changes, ({ vendors }) =>
    vendors.length === 1 && vendors[0] !== '' ? `of ${vendors[0] ?? ''} CPUs` : 'whatever the CPU',
  )
  return [...groups]
    .sort(([a], [b]) => (a > b ? -1 : 1))
    .map(([of, group]) => ({ of, changes: group }))
}

/** A flag is new with a version if that shows it of every CPU whose CPUID has its bit. */
function showsOfAll(
  { kind, id }: MatrixFact,
  seen: readonly { readonly now: GuiseRecord; readonly fresh: ReadonlyMap<string, Fact> }[],
): boolean {
  if (kind !== 'flag' || id === null) return true
  return seen.every(({ now }) => {
    const [first] = now.cpuid.got
    return now.flags.includes(id) || first === undefined || !isOffered(id, decodeSeen(first))
  })
}

function factsOf(record: GuiseRecord): Map<string, Fact> {
  return new Map(
    baselineFacts(record)
      .filter(({ kind }) => kinds.includes(kind))
      .map(fact => [formatFact(fact), fact]),
  )
}
