/** A leaf that means something only with one of some features. */
export interface FeatureLeaf {
  readonly leaf: number
  readonly features: readonly string[]
}

/** The performance counters of leaf 0xa, which no bit tells of: its version is 0 without (Intel SDM vol. 2A). */
export const archPerfmon = 'arch_perfmon'

/** The guest side of Intel TDX, which no bit tells of: leaf 0x21 is there (Linux arch/x86/coco/tdx/tdx.c, tdx_early_init()). */
export const tdxGuest = 'tdx_guest'

/**
 * The crystal that leaf 0x15 tells, by which a kernel also counts the ticks of the APIC's timer (Linux arch/x86/kernel/tsc.c,
 * native_calibrate_tsc(): lapic_timer_period). That counts at 1 GHz under TCG (QEMU hw/intc/apic.c) and under KVM (APIC_BUS_CYCLE_NS of
 * arch/x86/kvm/lapic.h), whatever is told, so that the guest's time runs ahead, forty times as fast with 24 MHz.
 */
export const crystal = 'crystal'

/** The leaves that hang on features as a whole (Intel SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E). */
export const featureLeaves: readonly FeatureLeaf[] = [
  { leaf: 0x5, features: ['monitor', 'mwaitx'] },
  { leaf: 0xa, features: [archPerfmon] },
  { leaf: 0xd, features: ['xsave'] },
  { leaf: 0xf, features: ['cqm'] },
  { leaf: 0x10, features: ['rdt_a'] },
  { leaf: 0x12, features: ['sgx'] },
  { leaf: 0x14, features: ['intel_pt'] },
  { leaf: 0x15, features: [crystal] },
  { leaf: 0x19, features: ['keylocker'] },
  { leaf: 0x1b, features: ['pconfig'] },
  { leaf: 0x1c, features: ['arch_lbr'] },
  { leaf: 0x1d, features: ['amx_tile'] },
  { leaf: 0x1e, features: ['amx_tile'] },
  { leaf: 0x20, features: ['hreset'] },
  { leaf: 0x21, features: [tdxGuest] },
  { leaf: 0x23, features: ['arch_perfmon_ext'] },
  { leaf: 0x24, features: ['avx10'] },
  { leaf: 0x8000000a, features: ['svm'] },
  { leaf: 0x8000001b, features: ['ibs'] },
  { leaf: 0x8000001c, features: ['lwp'] },
  { leaf: 0x8000001f, features: ['sme', 'sev'] },
  { leaf: 0x80000020, features: ['mba', 'rdt_a', 'cqm'] },
  { leaf: 0x80000022, features: ['perfmon_v2', 'amd_lbr_v2'] },
  { leaf: 0x80000025, features: ['sev_snp'] },
]

/**
 * The feature that a component of XSAVE belongs to, by its bit in XCR0 or XSS (Intel SDM vol. 1, section 13.1; AMD APM vol. 2, section 11.5;
 * Linux arch/x86/kernel/fpu/xstate.c, xsave_cpuid_features[]). x87 and SSE, 0 and 1, are always there.
 */
export const xsaveComponents: ReadonlyMap<number, string> = new Map([
  [2, 'avx'],
  [3, 'mpx'],
  [4, 'mpx'],
  [5, 'avx512f'],
  [6, 'avx512f'],
  [7, 'avx512f'],
  [8, 'intel_pt'],
  [9, 'pku'],
  [10, 'enqcmd'],
  [11, 'shstk'],
  [12, 'shstk'],
  [13, 'hdc'],
  [14, 'user_interrupts'],
  [15, 'arch_lbr'],
  [16, 'hwp'],
  [17, 'amx_tile'],
  [18, 'amx_tile'],
  [19, 'apx_f'],
  [62, 'lwp'],
])

const avx512 =
  'avx512dq avx512ifma avx512pf avx512er avx512cd avx512bw avx512vl avx512vbmi avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vpopcntdq avx512_4vnniw avx512_4fmaps avx512_vp2intersect avx512_bf16 avx512_fp16'
const avx =
  'fma f16c avx2 avx512f vaes vpclmulqdq xop fma4 avx_vnni avx_ifma avx_vnni_int8 avx_ne_convert avx_vnni_int16 sha512 sm3 sm4'
const amx = 'amx_bf16 amx_int8 amx_fp16 amx_complex'
const xsave = 'xsaveopt xsavec xgetbv1 xsaves avx mpx pku amx_tile apx_f'

/**
 * What a feature needs, so that it can't be shown where that is withheld (Linux arch/x86/kernel/cpu/cpuid-deps.c; Intel SDM vol. 1, 14.3
 * and 15.2; AMD APM vol. 3, appendix D).
 */
export const featureNeeds: ReadonlyMap<string, string> = new Map([
  ...pairs(xsave, 'xsave'),
  ...pairs(avx, 'avx'),
  ...pairs(avx512, 'avx512f'),
  ...pairs(amx, 'amx_tile'),
  ...pairs('avx10', 'avx512f'),
  ...pairs('xfd', 'xsaves'),
  ...pairs('enqcmd', 'xsaves'),
  ...pairs('sgx_lc sgx_keys sgx1 sgx2', 'sgx'),
  ...pairs('sev vm_page_flush sme_coherent', 'sme'),
  ...pairs('sev_es sev_snp', 'sev'),
])

function pairs(features: string, need: string): [string, string][] {
  return features.split(' ').map(feature => [feature, need])
}
