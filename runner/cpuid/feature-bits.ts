import { hypervisorFirst, isHypervisorLeaf, type RegisterName } from './leaf.js'

type BitNames = Readonly<Record<number, string>>

/** The names of bits by signature, leaf from the base, and register. */
const features: Readonly<
  Record<string, Readonly<Record<number, Partial<Record<RegisterName, BitNames>>>>>
> = {
  // Linux arch/x86/include/uapi/asm/kvm_para.h: KVM_FEATURE_* and KVM_HINTS_REALTIME.
  KVMKVMKVM: {
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
  // Linux arch/x86/include/asm/hyperv-tlfs.h (6.1): HV_MSR_*_AVAILABLE, HV_ACCESS_*, HV_X64_*_RECOMMENDED; Hypervisor TLFS, 2.4.
  'Microsoft Hv': {
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
  },
  // Xen xen/include/public/arch-x86/cpuid.h: XEN_HVM_CPUID_*.
  XenVMMXenVMM: {
    4: {
      eax: {
        0: 'APIC_ACCESS_VIRT',
        1: 'X2APIC_VIRT',
        2: 'IOMMU_MAPPINGS',
        3: 'VCPU_ID_PRESENT',
        4: 'DOMID_PRESENT',
        5: 'EXT_DEST_ID',
        6: 'UPCALL_VECTOR',
      },
    },
  },
}

/** The base whose hypervisor a leaf belongs to. */
export function baseOf(leaf: number): number {
  return hypervisorFirst + Math.floor((leaf - hypervisorFirst) / 0x100) * 0x100
}

/**
 * The names of the bits that are set in a register of a leaf.
 *
 * @param signature - that of the leaf's base
 * @returns of bits without a known name nothing
 */
export function bitNames(
  signature: string,
  leaf: number,
  register: RegisterName,
  value: number,
): string[] {
  // Intel SDM vol. 2A, AMD APM vol. 3: reserved for hypervisors to set.
  if (leaf === 1 && register === 'ecx') return value >>> 31 === 1 ? ['HYPERVISOR'] : []
  if (!isHypervisorLeaf(leaf)) return []
  const names = features[signature]?.[leaf - baseOf(leaf)]?.[register] ?? {}
  return Object.entries(names)
    .filter(([bit]) => ((value >>> Number(bit)) & 1) === 1)
    .map(([, name]) => name)
}
