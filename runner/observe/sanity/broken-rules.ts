import { type FlagBits, knownFlagBits } from '../../cpuid/flag-bits.js'
import type { CpuDump } from '../../cpuid/leaf.js'
import type { GuestFacts } from '../../hypervisors/facts.js'
import type { LeafTable } from '../../plan/leaf-table.js'
import { askedFor } from './asked-for.js'
import { flagRules } from './flag-rules.js'
import { logRules } from './log-rules.js'
import type { BrokenRule } from './broken-rule.js'
import { topologyRules } from './topology-rules.js'

/** What the rules look at: of a guest that reported. */
export interface SanityFacts {
  readonly facts: Pick<GuestFacts, 'cpu' | 'flags'>
  /** The CPUID that each vCPU saw. */
  readonly cpus: readonly CpuDump[]
  /** The kernel's log without times. */
  readonly log: readonly string[]
}

/** The rules that hold on any sane kernel and that this one broke, in the order of `sanityRules`. */
export function brokenRules(
  { facts, cpus, log }: SanityFacts,
  table: Pick<LeafTable, 'edits' | 'absent'>,
  commandLine: string,
  flagBits: FlagBits = knownFlagBits,
): BrokenRule[] {
  const asked = askedFor(table, cpus.length)
  return [
    ...logRules(log, asked.leaves),
    ...(facts.cpu ? topologyRules(facts.cpu, cpus, commandLine, asked) : []),
    ...flagRules(facts, cpus, flagBits, commandLine),
  ]
}
