import type { AttendedGuest } from '../console/attend.js'
import { findingsOf } from '../observe/guest-findings.js'
import { type Observation, observe } from '../observe/observe.js'
import type { Plan } from '../plan/plan.js'
import { formatLoad, type JudgedRun, machineDoubt } from './busy-machine.js'
import { judge } from './judge.js'
import type { Judgement } from './verdict.js'

/** A guest that is over, what it comes to, and how it is judged as it is. */
export interface AssessedGuest extends AttendedGuest, JudgedRun {
  readonly observation: Observation
}

/** Observes and judges a guest that is over. */
export function assess(plan: Plan, guest: AttendedGuest): AssessedGuest {
  const { report, ending, console } = guest
  const findings = report.complete ? findingsOf(report) : null
  const observation = observe(plan, console.toString('latin1'), findings)
  return { ...guest, observation, judgement: judge(plan.expectation, ending, observation) }
}

/** How the last run of a guest is judged: a failure that this machine may have brought about is nobody's, and an error. */
export function finalJudgement(plan: Plan, run: AssessedGuest): Judgement {
  const { judgement, load } = run
  const doubt = machineDoubt(plan, run)
  if (doubt === null) return judgement
  return {
    ...judgement,
    verdict: 'error',
    why: [`${doubt}; ${formatLoad(load)}`, ...judgement.why],
  }
}
