import { type BitChange, bitChanges } from './asked-bits.js'
import { type Fact, formatFact } from './fact.js'

/** What differs of one thing that is known of a guest, such as an interface or a flag. */
export interface Difference {
  readonly kind: Fact['kind']
  /** Which of several; null where there is but one, or where the facts have no names, as lines of the log. */
  readonly id: string | null
  /** What was so and is not any more. */
  readonly gone: readonly Fact[]
  /** What is so and was not. */
  readonly fresh: readonly Fact[]
  /** Of a leaf that is asked for, the bits. */
  readonly bits: readonly BitChange[]
}

/** What differs between two lists of facts, by kind and name, in the order of these. */
export function differencesBetween(before: readonly Fact[], now: readonly Fact[]): Difference[] {
  const found = new Map<string, Found>()
  const add = (side: 'gone' | 'fresh', facts: readonly Fact[], others: readonly Fact[]) => {
    const known = new Set(others.map(formatFact))
    for (const fact of facts) {
      if (known.has(formatFact(fact))) continue
      const { kind, id } = fact
      const key = nameOf(fact)
      const entry = found.get(key) ?? { kind, id, gone: [], fresh: [] }
      entry[side].push(fact)
      found.set(key, entry)
    }
  }
  add('gone', before, now)
  add('fresh', now, before)
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { kind, id, gone, fresh }]) => {
      const bits = kind === 'asked' ? bitChanges(gone[0], fresh[0], [...now, ...before]) : []
      return { kind, id, gone, fresh, bits }
    })
}

interface Found extends Pick<Difference, 'kind' | 'id'> {
  readonly gone: Fact[]
  readonly fresh: Fact[]
}

/** What a fact or a difference is of, by name: `interface clock.tsc`. */
export function nameOf({ kind, id }: Pick<Fact, 'kind' | 'id'>): string {
  return id === null ? kind : `${kind} ${id}`
}
