import type { AssessedGuest, CountedRun } from '../judge/assess.js'
import { firstRunCounts } from '../judge/last-words.js'
import { reasonToRunAgain, type RunAgain } from '../judge/run-again.js'
import { NestedHostLostError } from '../launch/nested/lost.js'
import { type Plan, withFullConsole, withRealClock, withSerialReport } from '../plan/plan.js'

/** A run of a guest that is over. */
export interface PastRun {
  readonly plan: Plan
  /** What came of it; the error if the nested host was lost with it. */
  readonly result: AssessedGuest | NestedHostLostError
  /** Where its console is kept. */
  readonly consoleLog: string
}

/** A guest is to be run again, because its last run does not count. */
export interface NextRun {
  readonly why: string
  readonly plan: Plan
  /** With no other guest beside it. */
  readonly alone: boolean
}

/** What came of a guest, and of its runs that do not count. */
export interface SettledGuest {
  /** The run that counts: the last, or the one before that died; null if the nested host was lost with each. */
  readonly counted: CountedRun | null
  /** Why the guest was run again, each time. */
  readonly reruns: readonly string[]
}

// A guest may itself be what kills the nested host, so retries are bounded.
const mostReruns = 2

/**
 * Decides what follows the last of a guest's runs: another one, or the end with the run that counts.
 *
 * @param runs - all of the guest's runs, from the first to the last
 */
export function nextStep(runs: readonly [...PastRun[], PastRun]): NextRun | SettledGuest {
  const last = lastOf(runs)
  const again = reasonAgainst(last)
  if (again !== null && runs.length <= mostReruns) {
    return { why: again.why, plan: nextPlan(last.plan, again), alone: again.alone }
  }
  return { counted: countedOf(runs), reruns: runs.flatMap(run => rerunOf(run, run === last)) }
}

/** Why a run does not count; null if it does. */
function reasonAgainst({ plan, result }: PastRun): RunAgain | null {
  if (!(result instanceof NestedHostLostError)) return reasonToRunAgain(plan, result)
  const [why = ''] = result.message.split('\n', 1)
  return {
    why: `the nested host was lost and started again: ${why}`,
    alone: false,
    fullConsole: false,
    channel: plan.channel,
    clock: plan.clock.clock,
  }
}

function nextPlan(plan: Plan, { fullConsole, channel, clock, why }: RunAgain): Plan {
  const timed = clock === plan.clock.clock ? plan : withRealClock(plan, why)
  const next = fullConsole ? withFullConsole(timed) : timed
  return channel === 'serial' ? withSerialReport(next) : next
}

/** Why there is a run after this one; the last run has none after it, but a loss is told of it all the same. */
function rerunOf(run: PastRun, isLast: boolean): string[] {
  if (isLast && !(run.result instanceof NestedHostLostError)) return []
  return [reasonAgainst(run)?.why ?? '']
}

/** The last run, or the one before it that ended without a report on a quiet console; null if the nested host was lost with it. */
function countedOf(runs: readonly [...PastRun[], PastRun]): CountedRun | null {
  const last = asCounted(lastOf(runs))
  const quiet = runs.slice(0, -1).find(run => reasonAgainst(run)?.fullConsole === true)
  const died = quiet === undefined ? null : asCounted(quiet)
  if (died === null || !firstRunCounts(died.plan, died.guest, last?.guest ?? null)) return last
  return { ...died, passedOver: last?.guest ?? null }
}

function asCounted({ plan, result, consoleLog }: PastRun): CountedRun | null {
  return result instanceof NestedHostLostError ? null : { plan, guest: result, consoleLog }
}

function lastOf(runs: readonly [...PastRun[], PastRun]): PastRun {
  return runs[runs.length - 1] as PastRun
}
