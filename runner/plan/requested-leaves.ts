import type { LeafRange, LeafTable } from './leaf-table.js'

/** Leaves for the guest to dump beyond the usual ones. */
export interface RequestedLeaves extends LeafRange {
  /** The one subleaf wanted; without it every subleaf that the leaf itself says it has. */
  readonly subleaf?: number
}

/**
 * What a guest must dump for its table to be checked: each leaf and subleaf that the table names, and of a leaf whose subleaves it
 * lists the one behind the last.
 */
export function leavesToDump({ edits }: Pick<LeafTable, 'edits'>): RequestedLeaves[] {
  const subleaves = new Map<number, Set<number | null>>()
  for (const { leaf, subleaf } of edits) {
    subleaves.set(leaf, (subleaves.get(leaf) ?? new Set()).add(subleaf))
  }
  const requested: { first: number; last: number; subleaf?: number }[] = []
  for (const [leaf, named] of subleaves) {
    const numbers = [...named].filter(subleaf => subleaf !== null)
    if (named.has(null)) {
      const before = requested.at(-1)
      if (before?.last === leaf - 1 && before.subleaf === undefined) before.last = leaf
      else requested.push({ first: leaf, last: leaf })
      if (numbers.length > 0) numbers.push(Math.max(...numbers) + 1)
    }
    for (const subleaf of numbers) {
      // Where every subleaf is asked for, the first is among them.
      if (!(named.has(null) && subleaf === 0)) requested.push({ first: leaf, last: leaf, subleaf })
    }
  }
  return requested
}
