import { decodeSignature } from '../../cpuid/signature.js'
import { hex32, hypervisorFirst, type RegisterName } from '../../cpuid/leaf.js'
import type { InterfaceEvidence } from './evidence.js'
import {
  clockEvidence,
  findBase,
  type InterfaceFacts,
  logLine,
  signatureEvidence,
} from './facts.js'

const asClock =
  (name: string): InterfaceEvidence['adopted'] =>
  facts =>
    clockEvidence(facts, name)

const bitEvidence = (facts: InterfaceFacts, leaf: number, register: RegisterName, bit: number) =>
  ((facts.leaf(leaf)[register] >>> bit) & 1) === 1 ? `${hex32(leaf)} ${register} bit ${bit}` : null

const hypervBit = (bit: number): InterfaceEvidence['offered'] => {
  return facts =>
    decodeSignature(facts.leaf(hypervisorFirst)) === 'Microsoft Hv'
      ? bitEvidence(facts, hypervisorFirst + 3, 'eax', bit)
      : null
}

/** The clocks: independent of each other, several at the same time, the rating picks the current one. */
export const clockInterfaces = {
  'clock.tsc': {
    // Intel SDM vol. 2A: CPUID.01H:EDX[4].
    offered: facts => bitEvidence(facts, 1, 'edx', 4),
    adopted: facts => clockEvidence(facts, 'tsc') ?? clockEvidence(facts, 'tsc-early'),
  },
  'clock.hpet': {
    // The kernel knows of one by the ACPI table, which its log lists.
    offered: facts => logLine(facts, /^ACPI: HPET 0x/),
    adopted: asClock('hpet'),
  },
  'clock.acpi-pm': {
    offered: facts =>
      logLine(facts, /^ACPI: PM-Timer IO Port: 0x/) ?? logLine(facts, /^ACPI: FACP 0x/),
    adopted: asClock('acpi_pm'),
  },
  'clock.kvm': {
    // Documentation/virt/kvm/x86/cpuid.rst: bits 0 and 3, the old and the new MSRs.
    offered: facts => {
      const base = findBase(facts, 'KVMKVMKVM')
      if (base === null) return null
      return bitEvidence(facts, base + 1, 'eax', 3) ?? bitEvidence(facts, base + 1, 'eax', 0)
    },
    adopted: facts =>
      clockEvidence(facts, 'kvm-clock') ?? logLine(facts, /^kvm-clock: Using msrs /),
  },
  'clock.hyperv-tsc-page': {
    // Hypervisor Top Level Functional Specification, leaf 0x40000003: AccessPartitionReferenceTsc.
    offered: hypervBit(9),
    adopted: asClock('hyperv_clocksource_tsc_page'),
  },
  'clock.hyperv-msr': {
    // The same: AccessPartitionReferenceCounter.
    offered: hypervBit(1),
    adopted: asClock('hyperv_clocksource_msr'),
  },
  'clock.xen': {
    // Whether its pvclock may be used on HVM is known to Xen's hypercalls alone.
    offered: facts => signatureEvidence('XenVMMXenVMM', findBase(facts, 'XenVMMXenVMM')),
    adopted: asClock('xen'),
  },
} as const satisfies Record<string, InterfaceEvidence>
