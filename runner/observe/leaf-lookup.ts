import { type CpuDump, type RegisterName, type Registers, zeroRegisters } from '../cpuid/leaf.js'
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

// All of QEMU's models have the hypervisor bit (x86_cpu_load_model() in target/i386/cpu.c); leaf 1, ECX bit 31.
const own: ReadonlyMap<number, Registers> = new Map([[1, { ...zeroRegisters, ecx: 0x80000000 }]])

/**
 * The leaves that a guest was shown, at subleaf 0: those of the first vCPU's dump. A guest that died early was at least shown what was
 * asked for, and the hypervisor bit of its model.
 */
export function shownLeaves(
  dump: CpuDump | undefined,
  { edits }: Asked,
): ReadonlyMap<number, Registers> {
  if (dump !== undefined) {
    const shown = dump.leaves.filter(({ subleaf }) => subleaf === 0)
    return new Map(shown.map(({ leaf, registers }) => [leaf, registers]))
  }
  const leaves = new Map(own)
  for (const edit of edits) {
    const { leaf, subleaf, registers } = edit
    if (!holdsFor(edit, 0) || (subleaf ?? 0) !== 0) continue
    const before = own.get(leaf) ?? zeroRegisters
    const value = (name: RegisterName) => {
      const { keep, set } = registers?.[name] ?? { keep: 0, set: 0 }
      return ((before[name] & keep) | set) >>> 0
    }
    leaves.set(leaf, mapRegisters(value))
  }
  return leaves
}
