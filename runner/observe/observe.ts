import type { CpuDump } from '../cpuid/leaf.js'
import type { Identity, ObservedDevice } from '../hypervisors/facts.js'
import type { Plan } from '../plan/plan.js'
import { compareAskedWithGot, type Mismatch } from './asked-versus-got.js'
import { type Composition, compositionOf } from './composition.js'
import type { GuestFindings } from './guest-findings.js'
import { identityOf } from './identity.js'
import { logFromConsole } from './kernel-log.js'
import { leafLookup } from './leaf-lookup.js'
import { observeInterfaces, type ObservedInterface } from './observe-interfaces.js'

/** What a guest's console and report come to. */
export interface Observation {
  /** Whether asked-versus-got holds, or null where the guest died before it could dump its CPUID. */
  readonly applied: boolean | null
  readonly mismatches: readonly Mismatch[]
  readonly cpus: readonly CpuDump[]
  readonly identity: Identity
  readonly clocksource: GuestFindings['clocksource']
  readonly clockevents: readonly string[]
  readonly flags: readonly string[]
  /** The devices that the machine offers, by bus and name. */
  readonly devices: readonly ObservedDevice[]
  /** What the guest could not do, such as loading a module; a sentence each. */
  readonly problems: readonly string[]
  readonly interfaces: readonly ObservedInterface[]
  readonly composition: Composition
  /** The kernel's whole log, without times. */
  readonly log: readonly string[]
}

/**
 * Makes an observation of what came out of a guest.
 *
 * @param console - the raw console, Latin-1
 * @param findings - the guest's own report, or null where none came out whole
 */
export function observe(plan: Plan, console: string, findings: GuestFindings | null): Observation {
  const log = findings?.log ?? logFromConsole(console)
  const mismatches = findings === null ? [] : compareAskedWithGot(plan.table, findings.cpus)
  const identity = identityOf(log, findings?.sysfsType)
  const clocksource = findings?.clocksource ?? { current: null, available: [], settled: false }
  const interfaces = observeInterfaces({
    identity,
    clocksource,
    clockevents: findings?.clockevents ?? [],
    log,
    leaf: leafLookup(findings?.cpus[0], plan.table),
    dmi: findings?.dmi ?? new Map(),
    devices: findings?.devices ?? [],
    interrupts: findings?.interrupts ?? [],
  })
  return {
    applied: findings === null ? null : mismatches.length === 0,
    mismatches,
    cpus: findings?.cpus ?? [],
    identity,
    clocksource,
    clockevents: findings?.clockevents ?? [],
    flags: findings?.flags ?? [],
    devices: findings?.devices ?? [],
    problems: findings?.problems ?? [],
    interfaces,
    composition: compositionOf(
      interfaces,
      findings !== null || plan.scenario.hypervisorLeaves === 'listed',
    ),
    log,
  }
}
