import { clock, either, featureBit, type Look, says, signatureAt } from './evidence.js'
import type { Hypervisor } from './hypervisor.js'
import { identity, paravirtBanner } from './identity.js'
import { exclusive, paravirtual, silent } from './interface.js'

const rule = { signature: 'KVMKVMKVM', bases: 'all' } as const
const offered = signatureAt(rule)
const name = /^KVM$/
const usesMsrs = says(/^kvm-clock: Using msrs /)

/** A bit of the features, EAX of the base + 1. */
const feature = (number: number): Look => featureBit(rule, 1, 'eax', number)
const clockFeature = either(feature(3), feature(0))

const features = 'Linux Documentation/virt/kvm/x86/cpuid.rst; arch/x86/kernel/kvm.c'

/**
 * KVM (Linux arch/x86/kernel/kvm.c and kvmclock.c). Up to 5.10 some lines begin with `KVM: `, or with `KVM ` behind the prefix
 * `kvm-guest: `. Since 5.17 the kernel reports steal time and asynchronous page faults only with dynamic debugging
 * (`dyndbg="file kvm.c +p"`), and not for the first CPU. It reports the end of interrupt since 6.6.
 */
export const kvm = {
  name: 'kvm',
  title: 'KVM',
  namedBy: [name],
  signature: rule.signature,
  // Linux Documentation/virt/kvm/x86/cpuid.rst; no feature bit.
  block: { highest: 1 },
  // Linux arch/x86/include/uapi/asm/kvm_para.h: KVM_FEATURE_* and KVM_HINTS_REALTIME.
  bits: {
    1: {
      eax: {
        0: 'CLOCKSOURCE',
        1: 'NOP_IO_DELAY',
        2: 'MMU_OP',
        3: 'CLOCKSOURCE2',
        4: 'ASYNC_PF',
        5: 'STEAL_TIME',
        6: 'PV_EOI',
        7: 'PV_UNHALT',
        9: 'PV_TLB_FLUSH',
        10: 'ASYNC_PF_VMEXIT',
        11: 'PV_SEND_IPI',
        12: 'POLL_CONTROL',
        13: 'PV_SCHED_YIELD',
        14: 'ASYNC_PF_INT',
        15: 'MSI_EXT_DEST_ID',
        16: 'HC_MAP_GPA_RANGE',
        17: 'MIGRATION_CONTROL',
        24: 'CLOCKSOURCE_STABLE_BIT',
      },
      edx: { 0: 'HINTS_REALTIME' },
    },
  },
  probe: { bases: rule.bases },
  symbols: ['HYPERVISOR_GUEST', 'KVM_GUEST'],
  speaks: /^(?:kvm-guest|kvm-clock|KVM)\b/,
  telling: [/^kvm-(?:clock|guest):? /i],
  qemuProperties: /^kvm/,
  interfaces: {
    'identity.kvm': identity('arch/x86/kernel/kvm.c', offered, name),
    'banner.kvm': paravirtBanner(offered, name),
    'clock.kvm': {
      ...paravirtual,
      source:
        'Linux Documentation/virt/kvm/x86/cpuid.rst, bits 0 and 3; arch/x86/kernel/kvmclock.c',
      offered: clockFeature,
      adopted: either(clock('kvm-clock'), usesMsrs),
    },
    'tsc-frequency.kvm': {
      ...exclusive,
      source: 'Linux arch/x86/kernel/kvmclock.c, kvm_get_tsc_khz(), which goes with the clock',
      offered: clockFeature,
      adopted: usesMsrs,
    },
    'kvm.spinlocks': {
      ...paravirtual,
      source: features,
      offered: feature(7),
      adopted: says(/^(?:kvm-guest: )?PV spinlocks enabled/),
    },
    'kvm.ipis': {
      ...paravirtual,
      source: features,
      offered: feature(11),
      adopted: says(/^(?:kvm-guest: |KVM )?setup PV IPIs/),
    },
    'kvm.tlb-flush': {
      ...paravirtual,
      source: features,
      offered: feature(9),
      adopted: says(/^(?:kvm-guest: )?KVM setup pv remote TLB flush/),
    },
    'kvm.sched-yield': {
      ...paravirtual,
      source: features,
      offered: feature(13),
      adopted: says(/^(?:kvm-guest: )?setup PV sched yield/),
    },
    'kvm.eoi': {
      ...silent,
      source: features,
      offered: feature(6),
      adopted: says(/^kvm-guest: APIC: eoi\(\) replaced with kvm_guest_apic_eoi_write/),
    },
    'kvm.steal-time': {
      ...silent,
      source: features,
      offered: feature(5),
      adopted: says(/^(?:kvm-guest: |KVM: |kvm-)?stealtime: cpu \d+, msr /),
    },
    'kvm.async-pf': {
      ...silent,
      source: features,
      offered: either(feature(14), feature(4)),
      adopted: says(/^(?:kvm-guest: )?(?:KVM )?setup async PF for cpu \d+/),
    },
  },
} as const satisfies Hypervisor
