import { hex32, hypervisorFirst, type RegisterName } from '../../cpuid/leaf.js'
import { decodeSignature } from '../../cpuid/signature.js'
import { findBase, type InterfaceFacts } from './facts.js'

/** Evidence for one bit of a leaf: `0x40000003 eax bit 9`, or null where it is clear. */
export function bitEvidence(
  facts: Pick<InterfaceFacts, 'leaf'>,
  leaf: number,
  register: RegisterName,
  bit: number,
): string | null {
  return ((facts.leaf(leaf)[register] >>> bit) & 1) === 1
    ? `${hex32(leaf)} ${register} bit ${bit}`
    : null
}

/** Evidence for a feature bit of KVM's, at whatever base (Linux Documentation/virt/kvm/x86/cpuid.rst; the bits of EAX). */
export function kvmFeature(bit: number): (facts: InterfaceFacts) => string | null {
  return facts => {
    const base = findBase(facts, 'KVMKVMKVM')
    return base === null ? null : bitEvidence(facts, base + 1, 'eax', bit)
  }
}

/** Evidence for a bit of a Hyper-V leaf, where its signature stands at 0x40000000 (Hypervisor TLFS, 2.4). */
export function hypervBit(
  leaf: number,
  register: RegisterName,
  bit: number,
): (facts: InterfaceFacts) => string | null {
  return facts =>
    decodeSignature(facts.leaf(hypervisorFirst)) === 'Microsoft Hv'
      ? bitEvidence(facts, leaf, register, bit)
      : null
}
