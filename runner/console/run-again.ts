import type { Plan } from '../plan/plan.js'
import type { Outcome } from '../scenario/outcome.js'

/** What is looked at of a run of a guest. */
export interface RunEnding {
  readonly outcome: Outcome
  /** The lines of the kernel's log that it reported; none where it did not get to report. */
  readonly log: readonly string[]
}

/** What is looked at of its plan. */
export type RunFacts = Pick<Plan, 'volume' | 'accelerator' | 'expectation' | 'table'>

// QEMU's or KVM's own failures: another run would come to the same.
const failuresToStart: readonly Outcome[] = ['qemu-failed', 'kvm-error']
const wordless: readonly Outcome[] = ['reset', 'hang', 'firmware-hang']

// kernel/time/clocksource.c, clocksource_watchdog(). An emulated CPU that is kept waiting loses ticks, and the clocks that
// count them fall behind the TSC, which goes on.
const skewed =
  /^clocksource: (?:timekeeping watchdog on CPU\d+: )?Marking clocksource \S+ (?:as )?unstable (?:because the|due to frequency) skew/

// arch/x86/kernel/tsc.c, pit_hpet_ptimer_calibrate_cpu(), where every reading of the PIT was disturbed and there is no other timer
// to ask. In the nested host, where each reading takes its time, that is nothing out of the ordinary.
const unmeasured = /^tsc: No reference \(HPET\/PMTIMER\) available/

/** Why a run of a guest does not count, and how the next one is to be made. */
export interface RunAgain {
  readonly why: string
  /** With no other guest beside it: this machine was too busy. */
  readonly alone: boolean
}

/**
 * Why a run of a guest does not count, or null where it does. One that ended on a quiet console is run again for its last
 * words; one that went without a word in the nested host, because there that happens through no fault of a kernel's; and one
 * whose clocks ran apart, or could not be measured, because this machine kept it waiting: that one alone.
 */
export function reasonToRunAgain(plan: RunFacts, ending: RunEnding): RunAgain | null {
  const { volume, accelerator, expectation } = plan
  const { outcome } = ending
  if (outcome === 'reported') {
    const kept = keptWaiting(plan, ending)
    return kept === null ? null : { why: `${kept}: this machine was too busy for it`, alone: true }
  }
  if (failuresToStart.includes(outcome)) return null
  if (volume === 'quiet') {
    return { why: `it ended without a report on a quiet console (${outcome})`, alone: false }
  }
  if (accelerator !== 'nested' || !wordless.includes(outcome)) return null
  if (expectation?.outcome === outcome) return null
  return { why: `it ended without a word in the nested host (${outcome})`, alone: false }
}

/** What an emulated guest shows of a machine that kept it waiting; null where it shows nothing. */
function keptWaiting(plan: RunFacts, { log }: RunEnding): string | null {
  const seen = (pattern: RegExp) => log.some(line => pattern.test(line))
  if (plan.accelerator === 'kvm') return null
  if (plan.accelerator === 'tcg' && seen(unmeasured)) return 'it could not measure its TSC'
  return seen(skewed) && !believesToldFrequency(plan, log) ? 'its clocks ran apart' : null
}

/** Whether the kernel counts by a TSC frequency that the timing leaf told it: its clocks run apart wherever that is not true. */
function believesToldFrequency({ table }: RunFacts, log: RunEnding['log']): boolean {
  const told = table.edits.find(({ leaf }) => leaf === 0x40000010)?.registers?.eax.set
  if (!told) return false
  return log.includes(`tsc: Detected ${(told / 1000).toFixed(3)} MHz processor`)
}
