import type { InterfaceEvidence } from './evidence.js'
import { type InterfaceFacts, interruptRow, says } from './facts.js'
import { hypervBit } from './leaf-bits.js'

const row =
  (name: string): InterfaceEvidence['adopted'] =>
  (facts: InterfaceFacts) =>
    interruptRow(facts, name)

const recommended = 'Hypervisor TLFS 2.4, leaf 0x40000004'
const privileges = 'Hypervisor TLFS 2.4, leaf 0x40000003'

/** Hyper-V's paravirtual features. */
export const hypervInterfaces = {
  'hyperv.spinlocks': {
    source: `${recommended} EBX; Linux arch/x86/hyperv/hv_spinlock.c, which needs the cluster IPI hint, too`,
    offered: hypervBit(0x40000004, 'eax', 10),
    adopted: says(/^Hyper-V: PV spinlocks enabled/),
  },
  'hyperv.ipis': {
    source: `${recommended}, UseSyntheticClusterIpi; Linux arch/x86/hyperv/hv_apic.c`,
    offered: hypervBit(0x40000004, 'eax', 10),
    adopted: says(/^Hyper-V: Using IPI hypercalls/),
  },
  'hyperv.tlb-flush': {
    source: `${recommended}, UseHypercallForRemoteFlush; Linux arch/x86/hyperv/mmu.c`,
    offered: hypervBit(0x40000004, 'eax', 2),
    adopted: says(/^Hyper-V: Using hypercall for remote TLB flush/),
  },
  'hyperv.apic': {
    source: `${recommended}, UseApicMsrs; Linux arch/x86/hyperv/hv_apic.c`,
    offered: hypervBit(0x40000004, 'eax', 3),
    adopted: says(/^Hyper-V: Using enlightened APIC/),
  },
  'hyperv.synic': {
    source: `${privileges}, AccessSynicRegs; Linux drivers/hv/hv.c, which a VMBus needs`,
    offered: hypervBit(0x40000003, 'eax', 2),
    adopted: says(/^hv_vmbus: Vmbus version:/),
  },
  'hyperv.reenlightenment': {
    source: `${privileges}, AccessReenlightenmentControls; Linux arch/x86/kernel/cpu/mshyperv.c`,
    offered: hypervBit(0x40000003, 'eax', 13),
    adopted: row('HRE'),
  },
} as const satisfies Record<string, InterfaceEvidence>
