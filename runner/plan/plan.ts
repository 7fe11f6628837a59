import type { FlagBits } from '../cpuid/flag-bits.js'
import type { Executable } from '../cpuid/executable.js'
import type { Fidelity } from '../scenario/outcome.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import {
  type Accelerator,
  acceleratorFacts,
  type Deadlines,
  type OverrideMechanism,
} from './accelerator.js'
import { shownVendor, strayVendor } from './cpu-vendor.js'
import { channelOf, closedChannel, type ReportChannel } from './channel.js'
import { type ChosenClock, chooseClock, type Clock, slowAnswer } from './clock.js'
import { type Circumstances, expectationFor, expectsAnythingAt } from '../scenario/condition.js'
import { type ConsoleVerbosity, kernelCommandLine } from './kernel-command-line.js'
import { deadlinesOf } from './deadlines.js'
import { isEmptyTable, type LeafTable } from './leaf-table.js'
import { leavesToDump, type RequestedLeaves } from './requested-leaves.js'
import { formatOverrideTable } from './override-table.js'
import { serveTable } from './serve.js'
import { type KernelFacts, reasonToSkip } from './skip.js'
import { askedTsc, type AskedTsc } from './tsc.js'
import { formatTried, type TriedQemu } from './tried-qemu.js'

/** All that is decided about a guest before anything of it exists. */
export interface Plan {
  readonly scenario: Scenario
  readonly accelerator: Accelerator
  readonly fidelity: Fidelity
  /** The CPU vendor that the guest is shown; null where it is not known. */
  readonly vendor: string | null
  readonly table: LeafTable
  /** What the kernel's own tree says of its flags; null: no tree. */
  readonly flagBits: FlagBits | null
  /** The features that `serve: able` keeps back, by name, sorted. */
  readonly withheld: readonly string[]
  /** The features that are shown although the accelerator cannot execute them, by name, sorted. */
  readonly lacking: readonly string[]
  /** The text for the preloaded object, or null where the guest sees the same without one. */
  readonly overrideTable: string | null
  /** The leaves that the guest is asked to dump beyond the usual ones. */
  readonly extraLeaves: readonly RequestedLeaves[]
  /** What the scenario expects in these circumstances; undefined where it says nothing of them. */
  readonly expectation: Expectation | undefined
  readonly channel: ReportChannel
  /** How much of its log the kernel writes to the console; the command line says so. */
  readonly verbosity: ConsoleVerbosity
  readonly commandLine: string
  readonly deadlines: Deadlines
  readonly clock: ChosenClock
  /** The rate that its TSC is to count at; null where that is its own. */
  readonly tsc: AskedTsc | null
  /** Where the guest is run to see where it dies or stays; else absent. */
  readonly look?: PlannedLook
}

/** How a guest that has ended without a word is looked at. */
export interface PlannedLook {
  /** How many bytes its console had brought by then. */
  readonly consoleBytes: number
  /** Whether its kernel lies where it was linked to, so that addresses have names; else it is the very run again. */
  readonly linked: boolean
}

/** What a plan is made for. */
export interface PlanTarget {
  readonly kernel: KernelFacts
  readonly accelerator: Accelerator
  readonly qemuVersion: string
  /** The vendor of this machine's CPU, which a guest under KVM may have. */
  readonly hostVendor?: string | null | undefined
  /** What the accelerator can execute; null where it is not known, or does not matter to the scenario. */
  readonly executable?: Executable | null | undefined
  /** The QEMU that was to be taken in place of this one. */
  readonly triedQemu?: TriedQemu | null | undefined
  /** Forces the channel; without it shared memory is taken wherever there is PCI. */
  readonly channel?: ReportChannel | undefined
  /** The whole log on the console even where that costs seconds. */
  readonly fullConsole?: boolean | undefined
  /** Asks for a clock by name; without it virtual time is taken wherever it serves. */
  readonly clock?: Clock | undefined
  /** A guest runs even where its scenario expects nothing of these circumstances: it is to be seen, not judged. */
  readonly unjudged?: boolean | undefined
  /** Replaces the accelerator's total deadline, and scales that of silence; in milliseconds. */
  readonly totalMs?: number | undefined
}

/** Plans one scenario, or says why it is skipped. */
export function planScenario(scenario: Scenario, target: PlanTarget): Plan | { skip: string } {
  const { kernel, accelerator, qemuVersion, executable = null, triedQemu = null } = target
  const skip = reasonToSkip(scenario, kernel, accelerator, qemuVersion, triedQemu)
  if (skip !== null) return { skip }
  const stray = strayVendor(scenario, accelerator)
  if (stray !== null) return { skip: stray }
  const channel = channelOf(scenario, target.channel)
  const closed = closedChannel(scenario, channel, accelerator)
  if (closed !== null) return { skip: closed }
  const { fidelity, mechanism } = acceleratorFacts(accelerator)
  const { table, withheld, lacking } = serveTable(scenario, executable)
  const vendor = shownVendor(scenario, table, accelerator, target.hostVendor ?? null)
  const circumstances = { kernel: kernel.version, qemu: qemuVersion, fidelity, vendor }
  const expectation = expectationFor(scenario.expect, circumstances)
  if (expectation === undefined && target.unjudged !== true) {
    return { skip: reasonOfSilence(scenario, circumstances) }
  }
  // Where a death is expected, its last words are what the run is for.
  const mayBeQuiet = fidelity === 'kvm' && (expectation?.outcome ?? 'reported') === 'reported'
  const verbosity = mayBeQuiet && target.fullConsole !== true ? 'quiet' : 'full'
  const clock = withTried(
    chooseClock(target.clock, accelerator, scenario, qemuVersion, channel),
    triedQemu,
  )
  return {
    scenario,
    accelerator,
    fidelity,
    vendor,
    table,
    flagBits: kernel.flagBits ?? null,
    withheld,
    lacking,
    overrideTable: isServed(table, mechanism) ? null : formatOverrideTable(table, mechanism),
    extraLeaves: leavesToDump(table),
    expectation,
    channel,
    verbosity,
    commandLine: kernelCommandLine(scenario, verbosity),
    deadlines: deadlinesOf({
      accelerator,
      verbosity,
      expectation,
      clock: clock.clock,
      cpus: scenario.machine.cpus,
      totalMs: target.totalMs,
    }),
    tsc: askedTsc(scenario, table),
    clock,
  }
}

/** Whether a guest sees such a table without an override: QEMU's emulation makes up what lies above its highest leaf. */
function isServed(table: LeafTable, mechanism: OverrideMechanism): boolean {
  return isEmptyTable(table) && mechanism !== 'tcg'
}

/** The same clock; where another QEMU would have served virtual time, with what came of the one that was tried. */
function withTried(clock: ChosenClock, tried: TriedQemu | null): ChosenClock {
  if (clock.servedBy === undefined || tried === null) return clock
  return { ...clock, why: `${clock.why}, and ${formatTried(tried)}` }
}

/** What a scenario expects nothing of: the fidelity, if no kernel, QEMU or vendor would change that. */
function reasonOfSilence(
  { expect }: Scenario,
  { kernel, qemu, fidelity, vendor }: Circumstances,
): string {
  if (!expectsAnythingAt(fidelity, expect)) {
    return `the scenario states no expectation for fidelity ${fidelity}`
  }
  return `the scenario states no expectation for kernel ${kernel}, QEMU ${qemu}, fidelity ${fidelity} and vendor ${vendor ?? 'unknown'}`
}

// Under KVM each byte of the console is an exit to QEMU: on a slow machine the whole log takes longer than the boot.
const fullConsoleShare = 3

/** The same guest with its whole log on the console, and the time which that takes: it is guise that asks for it. */
export function withFullConsole(plan: Plan): Plan {
  const commandLine = kernelCommandLine(plan.scenario, 'full')
  const deadlines = deadlinesOf({
    accelerator: plan.accelerator,
    verbosity: 'full',
    clock: plan.clock.clock,
    cpus: plan.scenario.machine.cpus,
    totalMs: fullConsoleShare * plan.deadlines.totalMs,
  })
  return { ...plan, verbosity: 'full', commandLine, deadlines }
}

/**
 * The same guest, to be looked at where it dies or stays: with a monitor, the log of its interrupts where the accelerator has one, and
 * its kernel where it was linked to lie, which changes nothing of what it detects.
 *
 * @param linked - without it the kernel is where it was before: what moves it may be what dies
 */
export function withLook(plan: Plan, consoleBytes: number, linked = true): Plan {
  const commandLine = kernelCommandLine(plan.scenario, plan.verbosity, linked ? ['nokaslr'] : [])
  return { ...plan, commandLine, look: { consoleBytes, linked } }
}

/** The same guest, on real time. */
export function withRealClock(plan: Plan, why: string): Plan {
  return { ...plan, clock: { clock: 'real', why } }
}

/** The same guest, reporting on its second serial port, for which it is on real time. */
export function withSerialReport(plan: Plan): Plan {
  const timed = plan.clock.clock === 'real' ? plan : withRealClock(plan, slowAnswer)
  return { ...timed, channel: 'serial' }
}
