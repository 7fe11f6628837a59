import type { JudgedEnding } from '../console/outcome.js'
import { formatMismatch } from '../observe/asked-versus-got.js'
import type { Observation } from '../observe/observe.js'
import type { Outcome } from '../scenario/outcome.js'
import type { Expectation } from '../scenario/schema.js'
import { formatUnmet } from './format-unmet.js'
import { type Unmet, unmetExpectations } from './unmet.js'
import type { Judgement } from './verdict.js'

// These say more of the machine than of the kernel: none of them is a kernel's failure, unless it was expected.
const environmental: readonly Outcome[] = ['qemu-failed', 'kvm-error', 'firmware-hang']

/**
 * Judges one guest: the override first, then how it ended, then what it reported.
 *
 * @param expectation - the one whose conditions hold, or undefined where none does
 */
export function judge(
  expectation: Expectation | undefined,
  ending: JudgedEnding,
  observation: Observation,
): Judgement {
  if (observation.applied === false) {
    return {
      verdict: 'error',
      why: [
        'the guest did not see the CPUID that was asked for',
        ...observation.mismatches.map(formatMismatch),
      ],
    }
  }
  if (expectation === undefined) {
    return { verdict: 'skip', why: ['the scenario states no expectation for these circumstances'] }
  }
  if (ending.outcome !== expectation.outcome) {
    const device = ending.outcome === 'qemu-failed' ? lackingDevice(ending.reason) : undefined
    if (device !== undefined) return { verdict: 'skip', why: [`this QEMU has no device ${device}`] }
    const unmet: Unmet = {
      field: 'outcome',
      want: expectation.outcome,
      got: `${ending.outcome}: ${story(ending, observation)}`,
    }
    const verdict = environmental.includes(ending.outcome) ? 'error' : 'fail'
    return { verdict, why: [formatUnmet(unmet)], unmet: [unmet] }
  }
  if (
    expectation.clocksource !== undefined &&
    ending.outcome === 'reported' &&
    !observation.clocksource.settled
  ) {
    return {
      verdict: 'error',
      why: ['the clock sources did not settle in time: is the machine overloaded?'],
    }
  }
  const unmet = [...unmetDeath(expectation, ending), ...unmetExpectations(expectation, observation)]
  if (unmet.length > 0) {
    // What the guest says it could not do, such as loading a module, is why a driver is not there.
    const problems = unmet.some(({ field }) => field === 'drivers') ? observation.problems : []
    return { verdict: 'fail', why: [...unmet.map(formatUnmet), ...problems], unmet }
  }
  if (ending.outcome === 'reported') return { verdict: 'pass', why: [] }
  return { verdict: 'pass', why: [`as expected, ${story(ending, observation)}`] }
}

function unmetDeath(expectation: Expectation, { diedIn, reason }: JudgedEnding): Unmet[] {
  const want = expectation['died-in']
  if (want === undefined || want === diedIn) return []
  return [{ field: 'died-in', want, got: `${diedIn ?? 'no function'}: ${reason}` }]
}

/** The device that QEMU says it was built, or packaged, without (qdev_get_device_class() in its system/qdev-monitor.c). */
function lackingDevice(reason: string): string | undefined {
  return /'([^']+)' is not a valid device model name/.exec(reason)?.[1]
}

/** "detected X, then died at Y" in one sentence. */
function story({ reason }: JudgedEnding, { identity }: Observation): string {
  return identity.hypervisor === null ? reason : `detected ${identity.hypervisor}, then: ${reason}`
}
