import { clockGivenUp } from '../observe/kernel-trouble.js'
import type { Accelerator } from '../plan/accelerator.js'

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

// arch/x86/kernel/tsc.c, pit_hpet_ptimer_calibrate_cpu(), where every reading was disturbed, and where there is no other timer to
// ask; arch/x86/kernel/apic/apic.c, calibrate_APIC_clock() and calibrate_by_pmtimer().
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

/**
 * In what way the time that was taken from a guest shows in its log, or null. It says nothing of whether any was taken: a kernel
 * whose clocks are broken says the same.
 */
export function signOfLoad(log: readonly string[]): string | null {
  return firstSign([skewed, withoutReference, ...unmeasured, ...stalled], log)
}

/**
 * The same of a clock that a guest did without. A reading that took long is left out, and a reference that is missing in the nested
 * host, where each takes its time: nothing came of it.
 */
export function signOfClockGivenUp(
  accelerator: Accelerator,
  log: readonly string[],
): string | null {
  const gaveUp = { pattern: clockGivenUp, means: skewed.means }
  return firstSign(accelerator === 'nested' ? [gaveUp] : [gaveUp, withoutReference], log)
}

/** Whether a line of the kernel's log says that it gives a clock up. */
export function isClockGivenUp(line: string): boolean {
  return clockGivenUp.test(line)
}

function firstSign(signs: readonly Sign[], log: readonly string[]): string | null {
  return signs.find(({ pattern }) => log.some(line => pattern.test(line)))?.means ?? null
}
