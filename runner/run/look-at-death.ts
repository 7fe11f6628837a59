import { kernelSymbols } from '../../images/kernel/symbols.js'
import type { GuestInputs } from '../console/started-guest.js'
import type { GuestRun } from '../console/run-to-end.js'
import { hasPrintkLine } from '../console/kernel-lines.js'
import type { AssessedGuest, CountedRun } from '../judge/assess.js'
import { judge } from '../judge/judge.js'
import { endingAt } from '../observe/ending-at.js'
import { placeOfDeath } from '../observe/place-of-death.js'
import { type Plan, withLook } from '../plan/plan.js'
import type { Outcome } from '../scenario/outcome.js'

const wordless: readonly Outcome[] = ['hang', 'firmware-hang', 'reset']

/** Whether a guest is to be run once more, to see where it died or stays: it said nothing of that, and its machine can be looked into. */
export function deservesLook({ plan, guest }: CountedRun): boolean {
  const { ending } = guest
  const { accelerator, expectation } = plan
  if (accelerator === 'nested' || ending.lostReport || !wordless.includes(ending.outcome))
    return false
  // Of a machine that KVM has reset nothing is left, and nothing was logged.
  if (accelerator === 'kvm' && ending.outcome === 'reset') return false
  // The firmware’s own hang is all that there is to see of it.
  return ending.outcome !== 'firmware-hang' || expectation?.outcome !== ending.outcome
}

/**
 * The plan of the run that looks.
 *
 * @param linked - see {@link withLook}
 */
export function planToLook({ plan, guest }: CountedRun, linked = true): Plan {
  return withLook(plan, guest.console.length, linked)
}

/** Whether a guest that was looked at ended in another way than before: without KASLR it did other things. */
export function endedOtherwise({ ending }: Pick<GuestRun, 'ending'>): boolean {
  return !wordless.includes(ending.outcome)
}

/** The same run with what was seen in one that looked: how it ended, where, and how that is judged. */
export async function placed(
  run: CountedRun,
  seen: Pick<GuestRun, 'look' | 'ending'>,
  { kernel }: Pick<GuestInputs, 'kernel'>,
  linked = true,
): Promise<CountedRun> {
  const { look, ending } = seen
  if (endedOtherwise(seen)) {
    return withEnding(run, {
      ...run.guest.ending,
      reason: `${run.guest.ending.reason}; run again to be looked at, it ended otherwise (${ending.outcome}: ${ending.reason})`,
    })
  }
  const place =
    look === null ? null : placeOfDeath(look, linked ? await kernelSymbols(kernel) : null)
  if (place === null) return run
  const spoke = hasPrintkLine(run.guest.console.toString('latin1'))
  return { ...withEnding(run, endingAt(run.guest.ending, place, spoke)), place }
}

function withEnding(run: CountedRun, ending: AssessedGuest['ending']): CountedRun {
  const judgement = judge(run.plan.expectation, ending, run.guest.observation, run.plan.lacking)
  return { ...run, guest: { ...run.guest, ending, judgement } }
}
