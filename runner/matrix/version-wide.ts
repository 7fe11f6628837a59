import { type Fact, formatFact } from '../baseline/fact.js'
import { baselineFacts } from '../baseline/facts.js'
import { isOffered } from '../cpuid/flag-bits.js'
import { decodeSeen } from '../record/cpuid.js'
import type { GuiseRecord } from '../record/schema.js'
import type { Change, MatrixFact } from './change.js'

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
}

const kinds: readonly string[] = ['flag', 'bug', 'vulnerability']

/** The changes of flags, bugs and vulnerabilities that are the version's, from the guests that two kernels have in common. */
export function versionChanges(pairs: readonly Pair[]): VersionChange[] {
  const seen = pairs.map(({ before, now }) => ({ now, old: factsOf(before), fresh: factsOf(now) }))
  const known = {
    old: new Set(seen.flatMap(({ old }) => [...old.keys()])),
    fresh: new Set(seen.flatMap(({ fresh }) => [...fresh.keys()])),
  }
  const changes = new Map<string, VersionChange>()
  const count = (sign: Change['sign'], line: string, fact: MatrixFact) => {
    const key = `${sign}${line}`
    changes.set(key, { sign, fact, guests: (changes.get(key)?.guests ?? 0) + 1 })
  }
  for (const { old, fresh } of seen) {
    for (const [line, fact] of fresh) if (!known.old.has(line)) count('+', line, fact)
    for (const [line, fact] of old) if (!known.fresh.has(line)) count('-', line, fact)
  }
  return [...changes]
    .filter(([, { sign, fact }]) => sign === '-' || showsOfAll(fact, seen))
    .sort(([a], [b]) => (a.slice(1) < b.slice(1) ? -1 : 1))
    .map(([, change]) => change)
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
