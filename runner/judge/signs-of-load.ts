import { frequencyLine, timingLeaf } from '../hypervisors/timing-leaf.js'
import { clockGivenUp } from '../observe/kernel-trouble.js'
import type { Plan } from '../plan/plan.js'

/** What is looked at of a plan. */
export type BusyFacts = Pick<Plan, 'accelerator' | 'clock' | 'table'>

interface Sign {
  readonly pattern: RegExp
  readonly means: string
}

// kernel/time/clocksource.c, clocksource_watchdog(): a CPU that is kept waiting loses ticks, and the clocks that count them
// fall behind the TSC, which goes on.
const skewed: Sign = {
  pattern:
    /^clocksource: (?:timekeeping watchdog on CPU\d+: )?(?:Marking clocksource \S+ (?:as )?unstable (?:because the|due to frequency) skew|\S+ read-back delay of \d+ns)/,
  means: 'its clocks ran apart',
}

// The same, where it came to something: a reading that took long is else left out, as is usual in the nested host.
const gaveClockUp: Sign = {
  pattern: clockGivenUp,
  means: skewed.means,
}

// arch/x86/kernel/tsc.c, pit_hpet_ptimer_calibrate_cpu(), where every reading was disturbed, and where there is no other timer to
// ask (in the nested host, where each reading takes its time, that is nothing out of the ordinary); arch/x86/kernel/apic/apic.c, calibrate_APIC_clock() and calibrate_by_pmtimer().
// `Fast TSC calibration failed` and `Unable to calibrate against PIT` say nothing by themselves: other ways follow.
const withoutReference: Sign = {
  pattern: /^tsc: No reference \(HPET\/PMTIMER\) available/,
  means: 'it could not measure its TSC',
}
const unmeasured: readonly Sign[] = [
  {
    pattern: /^tsc: (?:HPET\/PMTIMER calibration failed|PIT calibration deviates from)/,
    means: 'it could not measure its TSC',
  },
  {
    pattern: /^APIC (?:timer disabled due to verification failure|calibration not consistent)/,
    means: 'it could not measure its APIC timer',
  },
]

// kernel/watchdog.c, kernel/rcu/tree_stall.h, arch/x86/kernel/tsc_sync.c, arch/x86/kernel/smpboot.c, kernel/cpu.c.
const stalled: readonly Sign[] = [
  { pattern: /^watchdog: BUG: soft lockup/, means: 'a CPU of its was stuck' },
  {
    pattern: /^rcu: INFO: rcu\w* (?:self-)?detected (?:expedited )?stalls?/,
    means: 'a CPU of its was stuck',
  },
  {
    pattern: /^(?:TSC warped randomly|Measured -?\d+ cycles TSC warp)/,
    means: 'its clocks ran apart',
  },
  {
    pattern: /^(?:smpboot: )?(?:do_boot_cpu failed|CPU\d+ failed to report alive state)/,
    means: 'a CPU of its did not come up in time',
  },
]

/** What a guest's own log says of time that was taken from it; null where it says nothing. */
export function signOfLoad(plan: BusyFacts, log: readonly string[]): string | null {
  return signOfSkew(plan, log, skewed) ?? firstSign([...unmeasured, ...stalled], log)
}

/** The same of its clocks, if it gave one of them up. */
export function signOfClockGivenUp(plan: BusyFacts, log: readonly string[]): string | null {
  return signOfSkew(plan, log, gaveClockUp)
}

function signOfSkew(plan: BusyFacts, log: readonly string[], skew: Sign): string | null {
  const signs = [
    ...(trustsTimingLeaf(plan, log) ? [] : [skew]),
    ...(plan.accelerator === 'nested' ? [] : [withoutReference]),
  ]
  return firstSign(signs, log)
}

function firstSign(signs: readonly Sign[], log: readonly string[]): string | null {
  return signs.find(({ pattern }) => log.some(line => pattern.test(line)))?.means ?? null
}

/** Whether the kernel counts by a TSC frequency that the timing leaf told it: its clocks run apart wherever that is not true. */
function trustsTimingLeaf({ table }: BusyFacts, log: readonly string[]): boolean {
  const told = table.edits.find(({ leaf }) => leaf === timingLeaf)?.registers?.eax.set
  if (!told) return false
  const line = frequencyLine(told)
  return log.some(said => line.test(said))
}
