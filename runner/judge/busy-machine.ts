import type { EndedBy } from '../console/monitor.js'
import type { GuestLoad } from '../console/cpu-meter.js'
import type { Ending } from '../console/outcome.js'
import { interfaceOf } from '../hypervisors/table.js'
import type { Observation } from '../observe/observe.js'
import type { Plan } from '../plan/plan.js'
import { logPatternMatcher } from '../scenario/log-pattern.js'
import { isClockGivenUp, signOfClockGivenUp, signOfLoad } from './signs-of-load.js'
import { starvedShare, wasSlowed, wasStarved, withoutCpu } from './starved.js'
import type { Judgement, Unmet } from './verdict.js'

/** What is looked at of a plan. */
export type BusyFacts = Pick<Plan, 'accelerator' | 'clock'>

/** What is looked at of a run of a guest. */
export interface JudgedRun {
  readonly endedBy: EndedBy
  readonly ending: Ending
  readonly observation: Pick<Observation, 'log' | 'facts'>
  readonly load: GuestLoad | null
  /** Whether another guest ran beside it in the nested host. */
  readonly hadCompany: boolean
  readonly judgement: Judgement
}

/** Whether a deadline may be this machine's: on virtual time it does not count what the guest waited for a CPU, but for a stolen one. */
function wasLate({ clock }: BusyFacts, load: GuestLoad | null): boolean {
  return clock.clock === 'real' ? wasSlowed(load) : (load?.stolen ?? 0) >= starvedShare
}

// check_timer() in arch/x86/kernel/apic/io_apic.c counts ticks for 40 ms; kernel/watchdog.c, kernel/watchdog_hld.c,
// kernel/hung_task.c and kernel/rcu/tree_stall.h, where they are told to panic.
const deathsOfTime =
  /IO-APIC \+ timer doesn't work|timer doesn't work through Interrupt-remapped|softlockup: hung tasks|hung_task: blocked tasks|RCU Stall|Hard LOCKUP/i

/** Whether a guest ended in a way that a machine which is too busy can bring about: by a deadline, or of its own impatience. */
function isEndOfTime({ endedBy, ending }: Pick<JudgedRun, 'endedBy' | 'ending'>): boolean {
  return isDeathOfTime(ending) || endedBy === 'silence' || endedBy === 'deadline'
}

function isDeathOfTime({ outcome, reason }: Ending): boolean {
  return outcome === 'panic' && deathsOfTime.test(reason)
}

// What a kernel decides on by measuring: whatever a hypervisor offers it takes up, or not, without looking at a clock.
const measuredClocks = ['tsc', 'tsc-early', 'hpet', 'acpi_pm', 'jiffies', 'refined-jiffies']
// Of these a kernel that could not measure, or was not given the time to notice, has more than it should: the watchdog did not come to
// mark a TSC, or another timer took the place of one that failed. No other clock appears because a machine is busy.
const outlastedInterface = /^(?:clock\.tsc|timer\..+|tsc-frequency\.calibration)$/
const outlastedClocks = ['tsc', 'tsc-early', 'jiffies', 'refined-jiffies']
const measuredLine =
  /(?<![\w-])(?:tsc|clocksource|hpet|sched_clock|clock|timer|lapic|[KM]Hz|stall|lockup)\b/i

/** Whether a machine that is too busy can bring this difference about. */
function isOfTime(run: JudgedRun, { field, want, got }: Unmet): boolean {
  switch (field) {
    case 'outcome':
      return isEndOfTime(run)
    case 'clocksource.settled':
      return true
    case 'clocksource.current':
      return (
        measuredClocks.includes(want) || run.observation.facts.clocksource.available.includes(want)
      )
    case 'clocksource.includes':
      return measuredClocks.includes(want)
    case 'clocksource.excludes':
      return outlastedClocks.includes(want)
    case 'offers':
    case 'adopts':
      return interfaceOf(want)?.measured === true
    case 'rejects':
      return interfaceOf(want)?.measured === true && outlastedInterface.test(want)
    case 'log.has':
      return measuredLine.test(want)
    case 'log.lacks':
      return measuredLine.test(got)
    default:
      return false
  }
}

/** Whether something is wrong with a run, and a machine that is too busy can bring about all of it. */
export function isAllOfTime(run: JudgedRun): boolean {
  const { verdict, unmet = [] } = run.judgement
  return verdict === 'fail' && unmet.length > 0 && unmet.every(each => isOfTime(run, each))
}

/** Whether a guest could see that this machine is busy: in virtual time it sees nothing of it but the deadline. */
function mayShowLoad({ clock }: BusyFacts, run: JudgedRun): boolean {
  return clock.clock === 'real' || byDeadline(run)
}

function byDeadline({ ending }: JudgedRun): boolean {
  return ending.outcome !== 'reported' && !isDeathOfTime(ending)
}

/**
 * Why a failure is this machine's and not the kernel's, in one sentence: a machine that is too busy can bring about all of it, and
 * this one was, as was measured. Null for any other run: one that was not starved is judged as it is, however odd its clocks.
 */
export function whyInconclusive(plan: BusyFacts, run: JudgedRun): string | null {
  if (!isAllOfTime(run) || !mayShowLoad(plan, run)) return null
  const late = byDeadline(run)
  if (!(late ? wasLate(plan, run.load) : wasStarved(run.load))) return null
  const sign = late ? null : (signOfLoad(run.observation.log) ?? unsettled(run))
  return tooBusy(sign)
}

/**
 * What is to be said of a failure that a machine which is too busy can bring about, where it could not be measured whether this one
 * was; null for any other run. It stays a failure: else no broken clock could be found on a machine that does not count.
 */
export function whyUncertain(plan: BusyFacts, run: JudgedRun): string | null {
  return run.load === null && isAllOfTime(run) && mayShowLoad(plan, run)
    ? `${formatLoad(null)}: this machine may have been too busy for it`
    : null
}

/**
 * Why a guest of the nested host is to be run there alone before it is judged: two of them take its CPUs from one another, which is
 * not seen from outside. Null for any other run.
 */
export function whyCrowded(run: JudgedRun): string | null {
  return run.hadCompany && isAllOfTime(run)
    ? 'another guest ran beside it in the nested host'
    : null
}

function tooBusy(sign: string | null): string {
  return `${sign === null ? '' : `${sign}: `}this machine was too busy for it`
}

function unsettled({ judgement }: JudgedRun): string | null {
  const found = judgement.unmet?.some(({ field }) => field === 'clocksource.settled')
  return found === true ? 'its clock sources did not settle in time' : null
}

/**
 * How a guest that passes was starved so that its clocks are others, which a baseline would keep; null where it was not. A
 * measurement that failed is no reason: another way follows it, and in the nested host it is nothing out of the ordinary. Neither is
 * what the scenario is for: it expects the line that says so.
 */
export function hasSkewedClocks(
  plan: BusyFacts & Pick<Plan, 'expectation'>,
  run: JudgedRun,
): string | null {
  const { observation, load, ending, judgement } = run
  if (plan.clock.clock === 'virtual') return null
  if (judgement.verdict !== 'pass' || ending.outcome !== 'reported' || !wasStarved(load))
    return null
  const expected = (plan.expectation?.log?.has ?? []).map(logPatternMatcher)
  if (observation.log.some(line => isClockGivenUp(line) && expected.some(match => match(line))))
    return null
  const sign = signOfClockGivenUp(plan.accelerator, observation.log)
  return sign === null ? null : tooBusy(sign)
}

/** How long a guest waited, in words. */
export function formatLoad(load: GuestLoad | null): string {
  if (load === null) return 'how long it waited for a CPU could not be measured'
  const percent = Math.round(withoutCpu(load) * 100)
  return `it waited ${percent} % of its time for a CPU, ${Math.round(load.longestStallMs)} ms at a stretch`
}
