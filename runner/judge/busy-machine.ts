import type { EndedBy } from '../console/monitor.js'
import type { GuestLoad } from '../console/cpu-meter.js'
import type { Ending } from '../console/outcome.js'
import { interfaceOf } from '../hypervisors/table.js'
import type { Observation } from '../observe/observe.js'
import { type BusyFacts, signOfClockGivenUp, signOfLoad } from './signs-of-load.js'
import type { Judgement, Unmet } from './verdict.js'

/** What is looked at of a run of a guest. */
export interface JudgedRun {
  readonly endedBy: EndedBy
  readonly ending: Ending
  readonly observation: Pick<Observation, 'log' | 'facts'>
  readonly load: GuestLoad | null
  readonly judgement: Judgement
}

// As measured on two cores with emulated guests of 3 s: one that has a CPU to itself waits for 1.5 to 3.5 % of its time, one that
// is preferred to thirty other tasks for 4 to 16 %, with every clock as it should be; beside four busy loops for 40 % and more.
const starvedShare = 0.1

/** Whether this machine kept a guest waiting for a CPU so long that it may show. What could not be measured was not. */
export function wasStarved(load: GuestLoad | null): boolean {
  return load !== null && withoutCpu(load) >= starvedShare
}

/** The share of a guest's time, 0 to 1, in which it was ready to run and did not, whoever had its CPU. */
function withoutCpu({ waited, stolen }: GuestLoad): number {
  return 1 - (1 - waited) * (1 - (stolen ?? 0))
}

// check_timer() in arch/x86/kernel/apic/io_apic.c counts ticks for 40 ms; kernel/watchdog.c, kernel/watchdog_hld.c,
// kernel/hung_task.c and kernel/rcu/tree_stall.h, where they are told to panic.
const deathsOfTime =
  /IO-APIC \+ timer doesn't work|timer doesn't work through Interrupt-remapped|softlockup: hung tasks|hung_task: blocked tasks|RCU Stall|Hard LOCKUP/i

/** Whether a guest ended in a way that a machine which is too busy can bring about: by a deadline, or of its own impatience. */
export function isEndOfTime({ endedBy, ending }: Pick<JudgedRun, 'endedBy' | 'ending'>): boolean {
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

/**
 * Why a failure is this machine's and not the kernel's, in one sentence: a machine that is too busy can bring about all of it,
 * and this one was, or the guest's own clocks say so. Null for any other run. A sign in the log excuses clocks; that a guest
 * ended by a deadline is excused only by time that is known to have been taken from it. In virtual time a guest sees nothing of
 * the machine but that deadline.
 */
export function whyInconclusive(plan: BusyFacts, run: JudgedRun): string | null {
  if (!isAllOfTime(run)) return null
  const byDeadline = run.ending.outcome !== 'reported' && !isDeathOfTime(run.ending)
  if (plan.clock.clock === 'virtual' && !byDeadline) return null
  const sign = byDeadline ? null : (signOfLoad(plan, run.observation.log) ?? unsettled(run))
  if (sign === null && !wasStarved(run.load)) return null
  return `${sign === null ? '' : `${sign}: `}this machine was too busy for it`
}

function unsettled({ judgement }: JudgedRun): string | null {
  const found = judgement.unmet?.some(({ field }) => field === 'clocksource.settled')
  return found === true ? 'its clock sources did not settle in time' : null
}

/**
 * How a guest that passes was starved so that its clocks are others, which a baseline would keep; null where it was not. A
 * measurement that failed is no reason: another way follows it, and in the nested host it is nothing out of the ordinary.
 */
export function hasSkewedClocks(plan: BusyFacts, run: JudgedRun): string | null {
  const { observation, load, ending, judgement } = run
  if (plan.clock.clock === 'virtual') return null
  if (judgement.verdict !== 'pass' || ending.outcome !== 'reported' || !wasStarved(load))
    return null
  const sign = signOfClockGivenUp(plan, observation.log)
  return sign === null ? null : `${sign}: this machine was too busy for it`
}

/** How long a guest waited, for the record of one that is not to be judged. */
export function formatLoad(load: GuestLoad | null): string {
  if (load === null) return 'how long it waited for a CPU could not be measured'
  const percent = Math.round(withoutCpu(load) * 100)
  return `it waited ${percent} % of its time for a CPU`
}
