import type { InterfaceEvidence } from './evidence.js'
import { says } from './facts.js'
import { kvmFeature } from './leaf-bits.js'

const source = 'Linux Documentation/virt/kvm/x86/cpuid.rst; arch/x86/kernel/kvm.c'

/**
 * KVM's paravirtual features. 5.10 speaks of some of them with `KVM ` behind or `KVM: ` instead of the prefix `kvm-guest: `. Of
 * steal time and asynchronous page faults the kernel speaks, from 5.17 on, only with dynamic debugging
 * (`dyndbg="file kvm.c +p"`), and then not on the first CPU; of the end of interrupt not before the APIC's static calls (6.6).
 */
export const kvmInterfaces = {
  'kvm.spinlocks': {
    source,
    offered: kvmFeature(7),
    adopted: says(/^(?:kvm-guest: )?PV spinlocks enabled/),
  },
  'kvm.ipis': {
    source,
    offered: kvmFeature(11),
    adopted: says(/^(?:kvm-guest: |KVM )?setup PV IPIs/),
  },
  'kvm.tlb-flush': {
    source,
    offered: kvmFeature(9),
    adopted: says(/^(?:kvm-guest: )?KVM setup pv remote TLB flush/),
  },
  'kvm.sched-yield': {
    source,
    offered: kvmFeature(13),
    adopted: says(/^(?:kvm-guest: )?setup PV sched yield/),
  },
  'kvm.eoi': {
    source,
    offered: kvmFeature(6),
    adopted: says(/^kvm-guest: APIC: eoi\(\) replaced with kvm_guest_apic_eoi_write/),
  },
  'kvm.steal-time': {
    source,
    offered: kvmFeature(5),
    adopted: says(/^(?:kvm-guest: |KVM: |kvm-)?stealtime: cpu \d+, msr /),
  },
  'kvm.async-pf': {
    source,
    offered: facts => kvmFeature(14)(facts) ?? kvmFeature(4)(facts),
    adopted: says(/^(?:kvm-guest: )?(?:KVM )?setup async PF for cpu \d+/),
  },
} as const satisfies Record<string, InterfaceEvidence>
