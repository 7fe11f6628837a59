import { decodeVendor } from '../cpuid/signature.js'
import type { LeafEdit } from '../cpuid/leaf-edit.js'
import type { Fidelity } from '../scenario/outcome.js'
import type { Scenario } from '../scenario/scenario.js'
import { type Accelerator, acceleratorFacts, type Deadlines } from './accelerator.js'
import { kernelCommandLine } from './kernel-command-line.js'
import { isEmptyTable, type LeafRange, type LeafTable, leafTable } from './leaf-table.js'
import { formatOverrideTable } from './override-table.js'
import { type KernelFacts, reasonToSkip } from './skip.js'

/** How the guest's report comes out (DESIGN.md, section 5). */
export type ReportChannel = 'shared-memory' | 'serial'

/** Leaves for the guest to dump beyond the usual ones. */
export interface RequestedLeaves extends LeafRange {
  /** The one subleaf wanted; without it every subleaf that the leaf itself says it has. */
  readonly subleaf?: number
}

/** All that is decided about a guest before anything of it exists. */
export interface Plan {
  readonly scenario: Scenario
  readonly accelerator: Accelerator
  readonly fidelity: Fidelity
  /** The CPU vendor that the guest is shown. */
  readonly vendor: string
  readonly table: LeafTable
  /** The text for the preloaded object, or null where no leaf is changed. */
  readonly overrideTable: string | null
  /** The leaves that the guest is asked to dump beyond the usual ones. */
  readonly extraLeaves: readonly RequestedLeaves[]
  readonly channel: ReportChannel
  readonly commandLine: string
  readonly deadlines: Deadlines
}

/** What a plan is made for. */
export interface PlanTarget {
  readonly kernel: KernelFacts
  readonly accelerator: Accelerator
  readonly qemuVersion: string
  /** Forces the channel; without it shared memory is taken wherever there is PCI. */
  readonly channel?: ReportChannel | undefined
  /** Replaces the accelerator's total deadline; in milliseconds. */
  readonly totalMs?: number | undefined
}

/** Plans one scenario, or says why it is skipped. */
export function planScenario(scenario: Scenario, target: PlanTarget): Plan | { skip: string } {
  const { kernel, accelerator, qemuVersion } = target
  const skip = reasonToSkip(scenario, kernel, accelerator, qemuVersion)
  if (skip !== null) return { skip }
  const channel = target.channel ?? (hasPci(scenario) ? 'shared-memory' : 'serial')
  if (accelerator === 'nested' && channel === 'serial') {
    return { skip: 'reports on a second serial port, which the nested host does not carry out' }
  }
  const { fidelity, mechanism, deadlines } = acceleratorFacts(accelerator)
  const table = leafTable(scenario)
  return {
    scenario,
    accelerator,
    fidelity,
    vendor: shownVendor(scenario, table),
    table,
    overrideTable: isEmptyTable(table) ? null : formatOverrideTable(table, mechanism),
    extraLeaves: table.edits.map(leavesToDump),
    channel,
    commandLine: kernelCommandLine(scenario.kernel.cmdline),
    deadlines: {
      ...deadlines,
      ...(target.totalMs === undefined ? {} : { totalMs: target.totalMs }),
    },
  }
}

function leavesToDump({ leaf, subleaf }: LeafEdit): RequestedLeaves {
  return { first: leaf, last: leaf, ...(subleaf === null ? {} : { subleaf }) }
}

function hasPci({ machine, kernel }: Scenario): boolean {
  return machine.type !== 'microvm' && !kernel.cmdline.includes('pci=off')
}

function shownVendor({ cpu }: Scenario, table: LeafTable): string {
  const registers = table.edits.find(({ leaf }) => leaf === 0)?.registers
  const spelled = registers?.ebx.keep === 0 && registers.ecx.keep === 0 && registers.edx.keep === 0
  if (!registers || !spelled) return cpu.vendor
  const { ebx, ecx, edx } = registers
  return decodeVendor({ eax: 0, ebx: ebx.set, ecx: ecx.set, edx: edx.set })
}
