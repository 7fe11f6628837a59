import { decodeSignature } from '../../cpuid/signature.js'
import { hypervisorFirst } from '../../cpuid/leaf.js'
import type { InterfaceEvidence } from './evidence.js'
import { findBase, type InterfaceFacts, logLine, signatureEvidence } from './facts.js'

type Offered = InterfaceEvidence['offered']

const atAnyBase =
  (signature: string): Offered =>
  facts =>
    signatureEvidence(signature, findBase(facts, signature))

// Linux looks for these two at 0x40000000 alone (vmware_platform(), ms_hyperv_platform()).
const atFirstBase =
  (signature: string): Offered =>
  ({ leaf }) =>
    decodeSignature(leaf(hypervisorFirst)) === signature
      ? signatureEvidence(signature, hypervisorFirst)
      : null

// vmware_platform() also believes a DMI serial number that contains "VMware", where the hypervisor bit is clear.
const vmwareOffered: Offered = facts => {
  const serial = facts.dmi.get('product_serial') ?? ''
  return (
    atFirstBase('VMwareVMware')(facts) ??
    (serial.includes('VMware') ? `DMI product serial ${serial}` : null)
  )
}

const detected =
  (name: RegExp) =>
  (facts: InterfaceFacts): string | null =>
    name.test(facts.identity.hypervisor ?? '') ? logLine(facts, /^Hypervisor detected: /) : null

const banner =
  (name: RegExp) =>
  (facts: InterfaceFacts): string | null =>
    name.test(facts.identity.paravirt ?? '') ? logLine(facts, /^Booting .*kernel on /) : null

const kvmOffered = atAnyBase('KVMKVMKVM')
const xenOffered = atAnyBase('XenVMMXenVMM')
const hypervOffered = atFirstBase('Microsoft Hv')

/** The exclusive groups `identity` and `banner`: one winner each. */
export const identityInterfaces = {
  'identity.kvm': { offered: kvmOffered, adopted: detected(/^KVM$/) },
  'identity.hyperv': { offered: hypervOffered, adopted: detected(/^Microsoft Hyper-?V$/) },
  'identity.xen': { offered: xenOffered, adopted: detected(/^Xen /) },
  'identity.vmware': { offered: vmwareOffered, adopted: detected(/^VMware$/) },
  'banner.kvm': { offered: kvmOffered, adopted: banner(/^KVM$/) },
  'banner.hyperv': { offered: hypervOffered, adopted: banner(/^Hyper-V$/) },
  'banner.xen': { offered: xenOffered, adopted: banner(/^Xen /) },
  'banner.vmware': { offered: vmwareOffered, adopted: banner(/^VMware hypervisor$/) },
  'banner.bare-hardware': {
    offered: () => 'any machine can be taken for bare hardware',
    adopted: banner(/^bare hardware$/),
  },
} as const satisfies Record<string, InterfaceEvidence>
