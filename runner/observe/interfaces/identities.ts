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

// What vmware_platform() looks at: it also believes a DMI serial number that contains "VMware", where the hypervisor bit is clear.
export const vmwareOffered: Offered = facts => {
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

const linuxDetection = (file: string) =>
  `Linux ${file}; arch/x86/kernel/cpu/hypervisor.c, detect_hypervisor_vendor()`
const linuxBanner = 'Linux arch/x86/kernel/paravirt.c, default_banner(): pv_info.name'

/** The exclusive groups `identity` and `banner`: one winner each. */
export const identityInterfaces = {
  'identity.kvm': {
    source: linuxDetection('arch/x86/kernel/kvm.c'),
    offered: kvmOffered,
    adopted: detected(/^KVM$/),
  },
  'identity.hyperv': {
    source: linuxDetection('arch/x86/kernel/cpu/mshyperv.c'),
    offered: hypervOffered,
    adopted: detected(/^Microsoft Hyper-?V$/),
  },
  'identity.xen': {
    source: linuxDetection('arch/x86/xen/enlighten_hvm.c'),
    offered: xenOffered,
    adopted: detected(/^Xen /),
  },
  'identity.vmware': {
    source: linuxDetection('arch/x86/kernel/cpu/vmware.c'),
    offered: vmwareOffered,
    adopted: detected(/^VMware$/),
  },
  'identity.acrn': {
    source: linuxDetection('arch/x86/kernel/cpu/acrn.c'),
    offered: atAnyBase('ACRNACRNACRN'),
    adopted: detected(/^ACRN$/),
  },
  'identity.jailhouse': {
    source: linuxDetection('arch/x86/kernel/jailhouse.c'),
    offered: atAnyBase('Jailhouse'),
    adopted: detected(/^Jailhouse$/),
  },
  'identity.bhyve': {
    source: linuxDetection('arch/x86/kernel/cpu/bhyve.c'),
    offered: atAnyBase('bhyve bhyve '),
    adopted: detected(/^Bhyve$/i),
  },
  'banner.kvm': { source: linuxBanner, offered: kvmOffered, adopted: banner(/^KVM$/) },
  'banner.hyperv': { source: linuxBanner, offered: hypervOffered, adopted: banner(/^Hyper-V$/) },
  'banner.xen': { source: linuxBanner, offered: xenOffered, adopted: banner(/^Xen /) },
  'banner.vmware': {
    source: linuxBanner,
    offered: vmwareOffered,
    adopted: banner(/^VMware hypervisor$/),
  },
  'banner.bare-hardware': {
    source: linuxBanner,
    offered: () => 'any machine can be taken for bare hardware',
    adopted: banner(/^bare hardware$/),
  },
} as const satisfies Record<string, InterfaceEvidence>
