import type { GuestRun } from '../console/run-to-end.js'
import { findingsFromConsole, findingsOf } from '../observe/guest-findings.js'
import { type Observation, observe } from '../observe/observe.js'
import type { PlaceOfDeath } from '../observe/place-of-death.js'
import type { Plan } from '../plan/plan.js'
import { formatLoad, type JudgedRun, whyInconclusive, whyUncertain } from './busy-machine.js'
import { judge } from './judge.js'
import { formatPassedOver } from './last-words.js'
import type { Judgement } from './verdict.js'

/** A guest that is over, what it comes to, and how it is judged as it is. */
export interface AssessedGuest extends GuestRun, JudgedRun {
  readonly observation: Observation
}

/** Observes and judges a guest that is over. */
export function assess(plan: Plan, guest: GuestRun): AssessedGuest {
  const { report, ending, console, exit, picture } = guest
  const text = console.toString('latin1')
  const findings = report.complete ? findingsOf(report, text, picture) : findingsFromConsole(text)
  const observation = observe(plan, findings, report.complete, exit.stderr)
  return {
    ...guest,
    observation,
    judgement: judge(plan.expectation, ending, observation, plan.lacking),
  }
}

/** The run of a guest that counts. */
export interface CountedRun {
  readonly plan: Plan
  readonly guest: AssessedGuest
  /** Where its console is kept. */
  readonly consoleLog: string
  /** The run after it, which does not count: null where the nested host was lost with it, undefined where there is none. */
  readonly passedOver?: AssessedGuest | null
  /** Where the guest died or stays, where it was looked at. */
  readonly place?: PlaceOfDeath
}

/** How a guest is judged in the end, once it is known which of its runs counts. */
export function finalJudgement({ plan, guest, passedOver, place }: CountedRun): Judgement {
  const inconclusive = whyInconclusive(plan, guest)
  const judgement =
    inconclusive === null
      ? refusedByAccelerator(guest.judgement, place)
      : failureAsError(guest, inconclusive)
  const after = passedOver === undefined ? [] : [formatPassedOver(passedOver)]
  const uncertain = whyUncertain(plan, guest)
  const doubt = uncertain === null ? [] : [uncertain]
  return { ...judgement, why: [...judgement.why, ...doubt, ...after] }
}

/** A kernel is not blamed for an instruction that its accelerator never completes. */
function refusedByAccelerator(judgement: Judgement, place: PlaceOfDeath | undefined): Judgement {
  if (place?.waits !== 'refused' || judgement.verdict !== 'fail') return judgement
  const why = `the accelerator never completes \`${place.instruction ?? ''}\`, whose value it takes for reserved`
  return { ...judgement, verdict: 'error', why: [why, ...judgement.why] }
}

/** An inconclusive run must not fail a kernel: it becomes an error. */
function failureAsError({ judgement, load }: JudgedRun, inconclusive: string): Judgement {
  const why = [`${inconclusive}; ${formatLoad(load)}`, ...judgement.why]
  return { ...judgement, verdict: 'error', why }
}
