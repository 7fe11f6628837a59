import type { Accelerator } from './accelerator.js'
import { expectsAnythingAt, inRange } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'

/** What `--accel` may ask for. */
export type AcceleratorChoice = Accelerator | 'auto'

/** What a choice depends on. */
export interface AcceleratorFacts {
  /** Whether this machine's KVM works, and why it does or does not; null where it was not asked. */
  readonly kvm: { readonly works: boolean; readonly reason: string } | null
  /** What this machine's KVM lacks of what the scenario needs, as a sentence; null where it lacks nothing. */
  readonly kvmLacks: string | null
  /** Of the QEMU that runs guests on this machine itself. */
  readonly qemuVersion: string
}

/** The accelerator that was taken, and why it was this one. */
export interface ChosenAccelerator {
  readonly accelerator: Accelerator
  readonly why: string
}

/**
 * The accelerator for a scenario: the one that is asked for, or with `auto` the fastest that has what the scenario needs. The nested
 * host, which has a KVM with all features and a newer QEMU, is taken for what this machine's own can't do; TCG for a scenario that
 * expects nothing of a guest of fidelity kvm. `auto` never changes
 * the CPU that a scenario asks for.
 */
export function chooseAccelerator(
  asked: AcceleratorChoice,
  { needs, expect }: Pick<Scenario, 'needs' | 'expect'>,
  { kvm, kvmLacks, qemuVersion }: AcceleratorFacts,
): ChosenAccelerator {
  if (asked !== 'auto') return { accelerator: asked, why: 'it was asked for by name' }
  if (!expectsAnythingAt('kvm', expect)) {
    return { accelerator: 'tcg', why: 'the scenario expects nothing of a guest of fidelity kvm' }
  }
  if (!inRange(qemuVersion, needs.qemu)) {
    const why = `needs QEMU ${needs.qemu ?? ''}, which ${qemuVersion} on this machine is not`
    return { accelerator: 'nested', why }
  }
  if (kvm?.works === true) {
    return kvmLacks === null
      ? { accelerator: 'kvm', why: 'KVM works on this machine' }
      : { accelerator: 'nested', why: kvmLacks }
  }
  const unusable = `KVM is not used: ${kvm?.reason ?? 'it was not asked'}`
  return needs.fidelity === 'kvm'
    ? { accelerator: 'nested', why: `needs fidelity kvm; ${unusable}` }
    : { accelerator: 'tcg', why: unusable }
}
