import type { GuestRun } from '../console/run-to-end.js'
import type { Plan } from '../plan/plan.js'
import type { Outcome } from '../scenario/outcome.js'
import { type BusyFacts, type JudgedRun, whyInconclusive } from './busy-machine.js'

/** What is looked at of a run that may count. */
export interface CandidateRun extends JudgedRun {
  readonly timing: Pick<GuestRun['timing'], 'total'>
}

/** What is looked at of the plan of the first of two runs. */
export interface FirstPlan extends BusyFacts, Pick<Plan, 'deadlines'> {}

// Ends that a kernel itself tells of: once is enough.
const deaths: readonly Outcome[] = ['early-exception', 'oops', 'panic', 'refused']
// Ends that tell of the machine.
const failuresToRun: readonly Outcome[] = ['qemu-failed', 'kvm-error']

/**
 * Whether a run that ended without a report on a quiet console counts, and not the next one, which was to tell its last words.
 * The next one counts if it tells them. If it comes up, the death came by chance and is a kernel's failure all the same. Two
 * ends without a word are not believed: any in the nested host, which may have been the cause, and one that was only slow.
 *
 * @param next - the run with the whole log on its console; null if the nested host was lost with it
 */
export function firstRunCounts(
  plan: FirstPlan,
  first: CandidateRun,
  next: CandidateRun | null,
): boolean {
  const died = deaths.includes(first.ending.outcome)
  if (next === null) return died
  const outcome = next.ending.outcome
  if (deaths.includes(outcome) && whyInconclusive(plan, next) === null) return false
  if (died) return true
  if (failuresToRun.includes(outcome)) return plan.accelerator !== 'nested'
  return outcome === 'reported' && plan.accelerator !== 'nested' && !wasOnlySlow(plan, first, next)
}

/**
 * Whether a guest ran into its deadline on a quiet console because it is slow: then the whole log, which takes longer still, comes
 * later than that deadline. One that hung by chance is up before.
 */
function wasOnlySlow({ deadlines }: FirstPlan, first: CandidateRun, next: CandidateRun): boolean {
  const timedOut = first.endedBy === 'deadline' || first.endedBy === 'silence'
  return timedOut && next.timing.total > deadlines.totalMs
}

/** What the next run came to, if the first one counts all the same; a sentence for the record. */
export function formatPassedOver(next: JudgedRun | null): string {
  const how =
    next === null
      ? 'the nested host was lost'
      : next.ending.outcome === 'reported'
        ? 'it came up'
        : `it ended otherwise (${next.ending.outcome}: ${next.ending.reason})`
  return `run again with its whole log on the console, ${how}; the first run counts`
}
