import { type CpuDump, zeroRegisters } from '../cpuid/leaf.js'
import type { LeafLookup } from '../hypervisors/facts.js'
import type { LeafTable } from '../plan/leaf-table.js'

/** A function that looks a leaf up: in the first vCPU's dump where there is one, else in the table. */
export function leafLookup(dump: CpuDump | undefined, table: LeafTable): LeafLookup {
  if (dump !== undefined) {
    const leaves = new Map(
      dump.leaves
        .filter(({ subleaf }) => subleaf === 0)
        .map(({ leaf, registers }) => [leaf, registers]),
    )
    return leaf => leaves.get(leaf) ?? zeroRegisters
  }
  const edits = new Map(
    table.edits
      .filter(({ subleaf }) => (subleaf ?? 0) === 0)
      .map(edit => [edit.leaf, edit.registers]),
  )
  return leaf => {
    const registers = edits.get(leaf)
    if (!registers) return zeroRegisters
    const { eax, ebx, ecx, edx } = registers
    return { eax: eax.set, ebx: ebx.set, ecx: ecx.set, edx: edx.set }
  }
}
