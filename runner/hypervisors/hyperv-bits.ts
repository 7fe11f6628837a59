import type { BitNames } from './hypervisor.js'

/**
 * The names of the bits of Hyper-V's leaves: Linux arch/x86/include/asm/hyperv-tlfs.h and include/asm-generic/hyperv-tlfs.h (6.1),
 * HV_MSR_*_AVAILABLE, HV_ACCESS_* and HV_X64_*_RECOMMENDED; Hypervisor Top Level Functional Specification, 2.4.
 */
export const hypervBits: BitNames = {
  3: {
    eax: {
      0: 'VP_RUNTIME',
      1: 'TIME_REF_COUNT',
      2: 'SYNIC',
      3: 'SYNTIMER',
      4: 'APIC_ACCESS',
      5: 'HYPERCALL',
      6: 'VP_INDEX',
      7: 'RESET',
      8: 'STAT_PAGES',
      9: 'REFERENCE_TSC',
      10: 'GUEST_IDLE',
      11: 'ACCESS_FREQUENCY_MSRS',
      13: 'ACCESS_REENLIGHTENMENT',
      15: 'ACCESS_TSC_INVARIANT',
    },
    ebx: { 4: 'POST_MESSAGES', 5: 'SIGNAL_EVENTS', 20: 'EXTENDED_HYPERCALLS', 22: 'ISOLATION' },
    edx: { 8: 'FREQUENCY_MSRS', 10: 'GUEST_CRASH_MSR', 19: 'STIMER_DIRECT_MODE' },
  },
  4: {
    eax: {
      0: 'AS_SWITCH',
      1: 'LOCAL_TLB_FLUSH',
      2: 'REMOTE_TLB_FLUSH',
      3: 'APIC_ACCESS',
      4: 'SYSTEM_RESET',
      5: 'RELAXED_TIMING',
      9: 'DEPRECATING_AEOI',
      10: 'CLUSTER_IPI',
      11: 'EX_PROCESSOR_MASKS',
      12: 'HYPERV_NESTED',
      14: 'ENLIGHTENED_VMCS',
    },
  },
}
