import type { Plan } from '../plan/plan.js'
import type { Outcome } from '../scenario/outcome.js'

// QEMU's or KVM's own failures: another run would come to the same.
const failuresToStart: readonly Outcome[] = ['qemu-failed', 'kvm-error']
const wordless: readonly Outcome[] = ['reset', 'hang', 'firmware-hang']

/**
 * Why a run of a guest does not count, or null where it does: one that ended on a quiet console is run again for its last
 * words, and one that went without a word in the nested host, because there that happens through no fault of a kernel's.
 */
export function reasonToRunAgain(
  { volume, accelerator, expectation }: Pick<Plan, 'volume' | 'accelerator' | 'expectation'>,
  outcome: Outcome,
): string | null {
  if (outcome === 'reported' || failuresToStart.includes(outcome)) return null
  if (volume === 'quiet') return `it ended without a report on a quiet console (${outcome})`
  if (accelerator !== 'nested' || !wordless.includes(outcome)) return null
  if (expectation?.outcome === outcome) return null
  return `it ended without a word in the nested host (${outcome})`
}
