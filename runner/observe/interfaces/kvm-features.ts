import type { InterfaceEvidence } from './evidence.js'
import { logLine } from './facts.js'
import { kvmFeature } from './leaf-bits.js'

const source = 'Linux Documentation/virt/kvm/x86/cpuid.rst; arch/x86/kernel/kvm.c'

// 5.10 prints these without the prefix `kvm-guest: `, some of them with `KVM: `.
const says =
  (pattern: RegExp): InterfaceEvidence['adopted'] =>
  facts =>
    logLine(facts, pattern)

/**
 * KVM's paravirtual features. From 5.11 on the kernel says of the last three only with dynamic debugging
 * (`dyndbg="file kvm.c +p"`); without it they are offered, and whether they are used does not show.
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
    adopted: says(/^(?:kvm-guest: )?KVM setup pv EOI|^(?:kvm-guest: )?PV EOI/i),
  },
  'kvm.steal-time': {
    source,
    offered: kvmFeature(5),
    adopted: says(/^(?:kvm-guest: |KVM: |kvm-)?stealtime: cpu 0, msr /),
  },
  'kvm.async-pf': {
    source,
    offered: facts => kvmFeature(14)(facts) ?? kvmFeature(4)(facts),
    adopted: says(/^(?:kvm-guest: |KVM: )?setup async PF for cpu 0/i),
  },
} as const satisfies Record<string, InterfaceEvidence>
