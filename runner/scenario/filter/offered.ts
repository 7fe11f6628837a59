import { baseOf, baseStride, hypervisorFirst, isHypervisorLeaf } from '../../cpuid/leaf.js'
import { holdsFor, mapRegisters } from '../../cpuid/leaf-edit.js'
import { decodeSignature } from '../../cpuid/signature.js'
import { type HypervisorName, hypervisors } from '../../hypervisors/table.js'
import type { Scenario } from '../scenario.js'

// QEMU docs/system/i386/hyperv.rst and xen.rst: what has QEMU show these instead of KVM, which then stands at the next base.
const askedBy: readonly (readonly [HypervisorName, RegExp])[] = [
  ['hyperv', /^hv-/],
  ['xen', /^xen-version$/],
]

/**
 * The hypervisors that a scenario shows its first vCPU, by guise's short names: those whose signature stands at a base of its own leaves,
 * those that it asks of QEMU by a property, and KVM, where a guest of KVM's keeps the leaves that QEMU gives it.
 */
export function offeredHypervisors(scenario: Scenario): HypervisorName[] {
  const stated = statedSignatures(scenario)
  const asked = askedOfQemu(scenario)
  const base = hypervisorFirst + (asked.length > 0 ? baseStride : 0)
  const ownKvm =
    scenario.needs.fidelity === 'kvm' &&
    scenario.hypervisorLeaves !== 'listed' &&
    !isOff(scenario.cpu.properties.kvm) &&
    !stated.has(base)
  const signatures = [...stated.values()]
  return hypervisors
    .filter(
      ({ name, signature }) =>
        signatures.includes(signature) || asked.includes(name) || (name === 'kvm' && ownKvm),
    )
    .map(({ name }) => name)
}

/** What is spelled at each base that is touched, once all steps are done; empty where it is removed. */
function statedSignatures({ steps }: Scenario): ReadonlyMap<number, string> {
  const texts = new Map<number, string>()
  for (const step of steps) {
    if (step.kind === 'remove') {
      const { first, last } = step
      if (!holdsFor(step, 0)) continue
      for (const base of texts.keys()) if (base >= first && base <= last) texts.set(base, '')
      continue
    }
    for (const { leaf, subleaf, registers, cpus } of step.kind === 'edit'
      ? [step.edit]
      : step.edits) {
      const isBase = isHypervisorLeaf(leaf) && leaf === baseOf(leaf)
      if (!isBase || !holdsFor({ cpus }, 0) || (subleaf ?? 0) !== 0) continue
      if (registers === null) texts.set(leaf, '')
      // An edit of EAX alone leaves the signature as it was.
      else if (registers.ebx.keep === 0)
        texts.set(leaf, decodeSignature(mapRegisters(name => registers[name].set)))
    }
  }
  return texts
}

/** The hypervisors that a property has QEMU show. */
function askedOfQemu({ cpu, machine }: Scenario): HypervisorName[] {
  const on = Object.entries({ ...cpu.properties, ...machine.accel })
    .filter(([, value]) => !isOff(value))
    .map(([name]) => name)
  return askedBy
    .filter(([, property]) => on.some(name => property.test(name)))
    .map(([name]) => name)
}

function isOff(value: unknown): boolean {
  return value === false || value === 'off' || value === 0
}
