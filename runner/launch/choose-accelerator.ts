import type { Accelerator } from '../plan/accelerator.js'
import { expectsAnythingAt } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'

/** What `--accel` may ask for. */
export type AcceleratorChoice = Accelerator | 'auto'

/**
 * The accelerator for a scenario: the one that is asked for, or with `auto` the fastest that has the fidelity that the
 * scenario needs, and of which it expects something. It never changes the CPU that a scenario asks for.
 *
 * @param kvmWorks - whether KVM was probed and found to work
 */
export function chooseAccelerator(
  asked: AcceleratorChoice,
  scenario: Pick<Scenario, 'needs' | 'expect'>,
  kvmWorks: boolean,
): Accelerator {
  if (asked !== 'auto') return asked
  if (!expectsAnythingAt('kvm', scenario.expect)) return 'tcg'
  if (kvmWorks) return 'kvm'
  return scenario.needs.fidelity === 'kvm' ? 'nested' : 'tcg'
}
