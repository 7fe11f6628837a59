import { missingFlags } from '../cpuid/flag-bits.js'
import type { KernelTsc } from '../hypervisors/cpu-facts.js'
import type { Plan } from '../plan/plan.js'
import { compareAskedWithGot, type Mismatch } from './asked-versus-got.js'
import { type Composition, compositionOf } from './composition.js'
import type { GuestFindings } from './guest-findings.js'
import { kernelTsc } from './kernel-tsc.js'
import { leafLookup } from './leaf-lookup.js'
import { type MissingFeature, missingFeatures } from './missing-features.js'
import { brokenRules } from './sanity/broken-rules.js'
import type { BrokenRule } from './sanity/broken-rule.js'
import { observeInterfaces, type ObservedInterface } from './observe-interfaces.js'

/** What a guest's console and report come to. */
export interface Observation extends GuestFindings {
  /** Whether asked-versus-got holds, or null if the guest died before it could dump its CPUID. */
  readonly applied: boolean | null
  readonly mismatches: readonly Mismatch[]
  /** Features that CPU properties ask for and that the guest does not have; then asked-versus-got does not hold either. */
  readonly missing: readonly MissingFeature[]
  readonly interfaces: readonly ObservedInterface[]
  /** The features of the first vCPU's CPUID that /proc/cpuinfo does not show. */
  readonly notShown: readonly string[]
  /** Null where the kernel says nothing of it. */
  readonly kernelTsc: KernelTsc | null
  readonly composition: Composition
  /** What a sane kernel keeps to and this one did not; of a guest that did not report nothing is known. */
  readonly broken: readonly BrokenRule[]
}

/**
 * Makes an observation of what came out of a guest.
 *
 * @param reported - whether its report came out whole
 * @param qemuSaid - what QEMU wrote to stderr
 */
export function observe(
  plan: Plan,
  findings: GuestFindings,
  reported: boolean,
  qemuSaid = '',
): Observation {
  const { facts, cpus, log, dmi, interrupts } = findings
  const mismatches = reported ? compareAskedWithGot(plan.table, cpus) : []
  const missing = missingFeatures(plan.scenario.cpu.properties, qemuSaid, reported ? cpus : [])
  const flagBits = plan.flagBits ?? undefined
  const leaf = leafLookup(cpus[0], plan.table)
  const pit = plan.scenario.machine.pit !== 'off'
  const interfaces = observeInterfaces({ ...facts, log, leaf, dmi, interrupts, pit })
  return {
    ...findings,
    applied: missing.length > 0 ? false : reported ? mismatches.length === 0 : null,
    mismatches,
    missing,
    interfaces,
    notShown: cpus[0] ? missingFlags(facts.flags, cpus[0], flagBits) : [],
    kernelTsc: kernelTsc(log, interfaces),
    composition: compositionOf(interfaces, reported || plan.scenario.hypervisorLeaves === 'listed'),
    broken: reported ? brokenRules(findings, plan.table, plan.commandLine, flagBits) : [],
  }
}
