import { type CpuDump, type Registers, zeroRegisters } from '../cpuid/leaf.js'
import { holdsFor, mapRegisters } from '../cpuid/leaf-edit.js'
import type { LeafLookup } from '../hypervisors/facts.js'
import type { LeafTable } from '../plan/leaf-table.js'

/** What is asked for of a guest's leaves. */
type Asked = Pick<LeafTable, 'edits'>

/** A function that looks a leaf up: in the first vCPU's dump where there is one, else in what was asked for. */
export function leafLookup(dump: CpuDump | undefined, asked: Asked): LeafLookup {
  const leaves = shownLeaves(dump, asked)
  return leaf => leaves.get(leaf) ?? zeroRegisters
}

/**
 * The leaves that a guest was shown, at subleaf 0: those of the first vCPU's dump. A guest that died early was at least shown what was
 * asked for.
 */
export function shownLeaves(
  dump: CpuDump | undefined,
  { edits }: Asked,
): ReadonlyMap<number, Registers> {
  const shown =
    dump?.leaves ??
    edits
      .filter(edit => holdsFor(edit, 0))
      .map(({ leaf, subleaf, registers }) => ({
        leaf,
        subleaf: subleaf ?? 0,
        registers: mapRegisters(name => registers?.[name].set ?? 0),
      }))
  return new Map(
    shown.filter(({ subleaf }) => subleaf === 0).map(({ leaf, registers }) => [leaf, registers]),
  )
}
