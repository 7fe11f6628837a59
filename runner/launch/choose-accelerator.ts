import type { Accelerator } from '../plan/accelerator.js'
import type { Fidelity } from '../scenario/outcome.js'

/** What `--accel` may ask for. */
export type AcceleratorChoice = Accelerator | 'auto'

/**
 * The accelerator for a scenario that needs `fidelity`: the one that is asked for, or with `auto` the fastest that has
 * it. It never changes the CPU that a scenario asks for.
 *
 * @param kvmWorks - whether KVM was probed and found to work
 */
export function chooseAccelerator(
  asked: AcceleratorChoice,
  fidelity: Fidelity,
  kvmWorks: boolean,
): Accelerator {
  if (asked !== 'auto') return asked
  if (kvmWorks) return 'kvm'
  return fidelity === 'kvm' ? 'nested' : 'tcg'
}
