import type { Ending } from '../console/outcome.js'
import { formatMissing } from '../observe/missing-features.js'
import { formatMismatch } from '../observe/asked-versus-got.js'
import type { Observation } from '../observe/observe.js'
import type { Outcome } from '../scenario/outcome.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import { formatUnmet } from './format-unmet.js'
import { unmetExpectations, unmetIdentity } from './unmet.js'
import type { Judgement, Unmet } from './verdict.js'
import { whyNotDriven } from './why-not-driven.js'

// These say more of the machine than of the kernel: none of them is a kernel's failure, unless it was expected.
const environmental: readonly Outcome[] = ['qemu-failed', 'kvm-error', 'firmware-hang']

/**
 * Judges one guest as it is: the override first, then how it ended, then its identity and what else it reported. Whether this
 * machine was too busy for it is another question, and comes last (`failureAsError()`).
 *
 * @param expectation - the one whose conditions hold, or undefined where none does
 * @param lacking - the features that the guest is shown and its accelerator cannot execute
 */
export function judge(
  expectation: Expectation | undefined,
  ending: Ending,
  observation: Observation,
  lacking: readonly string[] = [],
): Judgement {
  if (observation.applied === false) {
    return {
      verdict: 'error',
      why: [
        'the guest did not see the CPUID that was asked for',
        ...observation.missing.map(formatMissing),
        ...observation.mismatches.map(formatMismatch),
      ],
    }
  }
  if (expectation === undefined) {
    const why = 'the scenario states no expectation for these circumstances'
    return { verdict: 'skip', why: [why] }
  }
  const unmet =
    ending.outcome === expectation.outcome
      ? [...unmetDeath(expectation, ending), ...unmetExpectations(expectation, observation)]
      : [unmetOutcome(expectation, ending, observation), ...knownIdentity(expectation, observation)]
  if (ending.lostReport) return { verdict: 'error', why: [ending.reason], unmet }
  if (unmet.length === 0) {
    const why = ending.outcome === 'reported' ? [] : [`as expected, ${story(ending, observation)}`]
    return { verdict: 'pass', why }
  }
  const device = ending.outcome === 'qemu-failed' ? lackingDevice(ending.reason) : undefined
  if (device !== undefined && ending.outcome !== expectation.outcome) {
    return { verdict: 'skip', why: [`this QEMU has no device ${device}`] }
  }
  // What the guest says it could not do, such as loading a module, is why a driver is not there.
  const problems = unmet.some(({ field }) => field === 'drivers') ? observation.problems : []
  const driven = whyNotDriven(unmet, observation)
  const why = [...unmet.map(formatUnmet), ...problems, ...driven.why]
  // Whatever a guest that believed its CPUID dies of, the kernel is not to blame, unless it was to see through what it believed.
  const believed = lacking.filter(name => expectation.flags?.lacks.includes(name) !== true)
  if (ending.outcome !== 'reported' && believed.length > 0) {
    return { verdict: 'error', why: [formatLacking(believed), ...why], unmet }
  }
  if (driven.unseen) return { verdict: 'error', why, unmet }
  const ownFault = ending.outcome === expectation.outcome || !environmental.includes(ending.outcome)
  return { verdict: ownFault ? 'fail' : 'error', why, unmet }
}

/** `the accelerator lacks PCID, which the CPUID offers`. */
export function formatLacking(lacking: readonly string[]): string {
  return `the accelerator lacks ${lacking.map(name => name.toUpperCase()).join(', ')}, which the CPUID offers`
}

function unmetOutcome({ outcome }: Expectation, ending: Ending, observation: Observation): Unmet {
  const got = `${ending.outcome}: ${story(ending, observation)}`
  return { field: 'outcome', want: outcome, got }
}

function unmetDeath(expectation: Expectation, { diedIn, stuckIn, reason }: Ending): Unmet[] {
  return [
    { field: 'died-in', want: expectation['died-in'], seen: diedIn } as const,
    { field: 'stuck-in', want: expectation['stuck-in'], seen: stuckIn } as const,
  ].flatMap(({ field, want, seen }) =>
    want === undefined || want === seen
      ? []
      : [{ field, want, got: `${seen ?? 'no function'}: ${reason}` }],
  )
}

/** What differs of the identity of a guest that ended otherwise than it should; nothing where its log does not reach so far. */
function knownIdentity(expectation: Expectation, observation: Observation): Unmet[] {
  if (observation.facts.identity.paravirt === null) return []
  return unmetIdentity(expectation, observation).filter(({ field }) => field !== 'sysfs-type')
}

/** The device that QEMU says it was built, or packaged, without (qdev_get_device_class() in its system/qdev-monitor.c). */
export function lackingDevice(reason: string): string | undefined {
  return /'([^']+)' is not a valid device model name/.exec(reason)?.[1]
}

/** "detected X, then died at Y" in one sentence. */
function story({ reason }: Ending, { facts }: Observation): string {
  const { identity } = facts
  return identity.hypervisor === null ? reason : `detected ${identity.hypervisor}, then: ${reason}`
}
