import type { Plan } from '../plan/plan.js'
import { compareAskedWithGot, type Mismatch } from './asked-versus-got.js'
import { type Composition, compositionOf } from './composition.js'
import type { GuestFindings } from './guest-findings.js'
import { leafLookup } from './leaf-lookup.js'
import { observeInterfaces, type ObservedInterface } from './observe-interfaces.js'

/** What a guest's console and report come to. */
export interface Observation extends GuestFindings {
  /** Whether asked-versus-got holds, or null if the guest died before it could dump its CPUID. */
  readonly applied: boolean | null
  readonly mismatches: readonly Mismatch[]
  readonly interfaces: readonly ObservedInterface[]
  readonly composition: Composition
}

/**
 * Makes an observation of what came out of a guest.
 *
 * @param reported - whether its report came out whole
 */
export function observe(plan: Plan, findings: GuestFindings, reported: boolean): Observation {
  const { facts, cpus, log, dmi, interrupts } = findings
  const mismatches = reported ? compareAskedWithGot(plan.table, cpus) : []
  const leaf = leafLookup(cpus[0], plan.table)
  const interfaces = observeInterfaces({ ...facts, log, leaf, dmi, interrupts })
  return {
    ...findings,
    applied: reported ? mismatches.length === 0 : null,
    mismatches,
    interfaces,
    composition: compositionOf(interfaces, reported || plan.scenario.hypervisorLeaves === 'listed'),
  }
}
