/** A feature and one that it depends on, by their names in /proc/cpuinfo. */
export type FeatureDependency = readonly [flag: string, needs: string]

/**
 * What depends on what: cpuid_deps[] in Linux arch/x86/kernel/cpu/cpuid-deps.c, of those entries which 5.10 and 7.3 agree on, both of
 * whose names /proc/cpuinfo shows.
 */
export const featureDependencies: readonly FeatureDependency[] = [
  ...depend('fpu', 'fxsr'),
  ...depend('fxsr', 'cmov mmx fxsr_opt xsave sse'),
  ...depend('mmx', 'mmxext'),
  ...depend('sse', 'sse2'),
  ...depend('sse2', 'pni sse4_1 sse4_2 pclmulqdq ssse3 f16c aes sha_ni gfni'),
  ...depend('xsave', 'xsaveopt xsavec xsaves avx pku xgetbv1'),
  ...depend('avx', 'fma avx2 avx512f vaes vpclmulqdq'),
  ...depend(
    'avx512f',
    'avx512ifma avx512cd avx512dq avx512bw avx512vl avx512vbmi avx512_vpopcntdq',
  ),
  ...depend('avx512vl', 'avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vp2intersect avx512_bf16'),
  ...depend('avx512bw', 'avx512_fp16'),
  ...depend('cqm_llc', 'cqm_occup_llc cqm_mbm_total cqm_mbm_local'),
  ...depend('sgx', 'sgx_lc sgx1'),
  ...depend('sgx1', 'sgx2'),
  ...depend('xsaves', 'enqcmd xfd'),
  ...depend('xfd', 'amx_tile'),
]

function depend(needs: string, flags: string): FeatureDependency[] {
  return flags.split(' ').map(flag => [flag, needs])
}
