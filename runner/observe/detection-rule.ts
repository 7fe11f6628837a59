import { findBase } from '../hypervisors/base.js'
import type { LeafLookup } from '../hypervisors/facts.js'
import { type HypervisorName, hypervisors } from '../hypervisors/table.js'

/** A hypervisor that a kernel's probe would find. */
export interface Candidate {
  readonly owner: HypervisorName
  /** As `Hypervisor detected: ` names it. */
  readonly name: string
  /** The base that bears its signature. */
  readonly base: number
  /** What its `detect()` returns: the highest wins, of equal ones the first. */
  readonly priority: number
  /** Why it would return 0 all the same: a requirement that is not met. Null where it counts. */
  readonly refused: string | null
  /** Whether it is probed for under `nopv`, too (`ignore_nopv` in struct hypervisor_x86). */
  readonly ignoresNopv: boolean
}

/** The hypervisors that Linux' probes find in the leaves, the winner first. A kernel may be built without some of the probes. */
export function candidatesOf({ leaf }: { readonly leaf: LeafLookup }): Candidate[] {
  const hasBit = (leaf(1).ecx & (1 << 31)) !== 0
  return hypervisors
    .flatMap(({ name: owner, title: name, signature, probe }) => {
      const base = findBase(leaf, { ...probe, signature })
      if (base === null) return []
      const highest = leaf(base).eax
      const refused =
        probe.withoutBit !== true && !hasBit
          ? 'the hypervisor bit (0x00000001 ecx bit 31) is clear'
          : (probe.refusal?.(leaf, highest) ?? null)
      const priority = probe.returnsHighest === true ? highest : base
      return [{ owner, name, base, priority, refused, ignoresNopv: probe.ignoresNopv ?? false }]
    })
    .sort(
      (a, b) => Number(a.refused !== null) - Number(b.refused !== null) || b.priority - a.priority,
    )
}
