import { type Mutant, testMutants } from './mutants.js'

// Changes of a line in what Linux 6.1 makes of a CPU, each caught by scenarios of the catalogue. As detection-mutants.test.ts: builds a
// kernel and mounts overlays, for root, by `npm run test:slow`.

const cpu = (file: string) => `arch/x86/kernel/cpu/${file}.c`
const tsc = 'arch/x86/kernel/tsc.c'

/** Scenarios that pass whatever the change. */
const unharmed = ['bare-metal', 'kvm-no-features', 'vendor-name-full', 'xsave-pku']

const mutants: readonly Mutant[] = [
  {
    name: 'common.c: the row of Skylake-X that ITS spares ends a stepping early',
    patch: { [cpu('common')]: '/SKYLAKE_X,.*X86_STEPPINGS(0x0, 0x5)/s/0x5/0x4/' },
    caughtBy: ['mitigation-row-skylake-x-stepping-5'],
  },
  {
    name: 'common.c: TAA is a matter of HLE, and not of RTM',
    patch: { [cpu('common')]: '/ARCH_CAP_TAA_NO) &&/,/TAA)/s/X86_FEATURE_RTM/X86_FEATURE_HLE/' },
    caughtBy: ['mitigation-intel-rtm'],
  },
  {
    name: 'common.c: GDS is one of a CPU without AVX, too',
    patch: { [cpu('common')]: 's/^\\t    boot_cpu_has(X86_FEATURE_AVX))$/\\t    true)/' },
    caughtBy: ['mitigation-row-skylake-no-avx'],
  },
  {
    name: 'common.c: subleaf 1 of leaf 7 is not read where it is the last',
    patch: { [cpu('common')]: 's/if (eax >= 1) {/if (eax > 1) {/' },
    caughtBy: ['vendor-subleaf-of-7'],
  },
  {
    name: 'common.c: leaf 0x80000008 tells no sizes where it is the last',
    patch: {
      [cpu('common')]:
        '/^void get_cpu_address_sizes/,/^}/s/level >= 0x80000008/level > 0x80000008/',
    },
    caughtBy: ['vendor-address-bits-46', 'vendor-address-bits-52'],
  },
  {
    name: 'cpuid-deps.c: AVX2 does without AVX',
    patch: { [cpu('cpuid-deps')]: '/{ X86_FEATURE_AVX2,/d' },
    caughtBy: ['xsave-cmdline-clearcpuid-avx'],
  },
  {
    name: 'cpuid-deps.c: XSAVES does without XSAVE',
    patch: { [cpu('cpuid-deps')]: '/{ X86_FEATURE_XSAVES,/d' },
    caughtBy: ['xsave-cmdline-clearcpuid-xsave'],
  },
  {
    name: 'scattered.c: BHI_CTRL is a bit further down',
    patch: { [cpu('scattered')]: '/X86_FEATURE_BHI_CTRL/s/CPUID_EDX,  4/CPUID_EDX,  3/' },
    caughtBy: ['mitigation-intel-bhi-ctrl'],
  },
  {
    name: 'scattered.c: HW_PSTATE is a bit further down',
    patch: { [cpu('scattered')]: '/X86_FEATURE_HW_PSTATE/s/CPUID_EDX,  7/CPUID_EDX,  6/' },
    caughtBy: ['vendor-power-management'],
  },
  {
    name: 'intel.c: a Yonah’s TSC is not constant',
    patch: { [cpu('intel')]: '/c->x86_model >= 0x0e/s/>=/>/' },
    caughtBy: ['tsc-constant-yonah', 'vendor-intel-constant-tsc-yonah'],
  },
  {
    name: 'amd.c: an invariant TSC is another bit',
    patch: { [cpu('amd')]: 's/c->x86_power & (1 << 8)/c->x86_power \\& (1 << 9)/' },
    caughtBy: ['tsc-invariant-amd'],
  },
  {
    name: 'amd.c: compute units are those of family 0x16',
    patch: { [cpu('amd')]: 's/^\\t\\tif (c->x86 == 0x15)$/\\t\\tif (c->x86 == 0x16)/' },
    caughtBy: ['topology-amd-compute-units'],
  },
  {
    name: 'amd.c: family 0x10 is without rep_good',
    patch: { [cpu('amd')]: 's/^\\tif (c->x86 >= 0x10)$/\\tif (c->x86 > 0x10)/' },
    caughtBy: ['vendor-amd-10h'],
  },
  {
    name: 'bugs.c: MD_CLEAR the other way around',
    patch: {
      [cpu('bugs')]:
        '/^static void __init mds_select_mitigation/,/^}/s/!\\(boot_cpu_has(X86_FEATURE_MD_CLEAR)\\)/\\1/',
    },
    caughtBy: ['mitigation-intel-md-clear', 'mitigation-intel-no-microcode'],
  },
  {
    name: 'bugs.c: SRBDS_CTRL the other way around',
    patch: {
      [cpu('bugs')]:
        '/^static void __init srbds_select_mitigation/,/^}/s/!\\(boot_cpu_has(X86_FEATURE_SRBDS_CTRL)\\)/\\1/',
    },
    caughtBy: ['mitigation-intel-srbds-ctrl'],
  },
  {
    name: 'cacheinfo.c: AMD’s third level is half as large',
    patch: { [cpu('cacheinfo')]: 's/l3.size_encoded \\* 512/l3.size_encoded * 256/' },
    caughtBy: ['topology-caches-amd-legacy'],
  },
  {
    name: 'cacheinfo.c: the descriptors of leaf 2 do not add up',
    patch: { [cpu('cacheinfo')]: 's/l2 += cache_table\\[k\\].size/l2 = cache_table[k].size/' },
    caughtBy: ['topology-caches-leaf-2-sum'],
  },
  {
    name: 'topology.c: the ids of dies are those of packages',
    patch: { [cpu('topology')]: 's/(-1 << die_plus_mask_width)/(-1 << core_plus_mask_width)/' },
    caughtBy: ['topology-leaf-1f-dies'],
  },
  {
    name: 'topology.c: leaf 0x1f counts only below the highest',
    patch: { [cpu('topology')]: 's/cpuid_level >= 0x1f/cpuid_level > 0x1f/' },
    caughtBy: ['topology-leaf-1f-first', 'topology-leaf-1f-dies'],
  },
  {
    name: 'tsc.c: the ratio of leaf 0x15 upside down',
    patch: {
      [tsc]:
        's/crystal_khz \\* ebx_numerator \\/ eax_denominator/crystal_khz * eax_denominator \\/ ebx_numerator/',
    },
    caughtBy: ['tsc-cpuid-denverton', 'tsc-cpuid-goldmont'],
  },
  {
    name: 'tsc.c: Denverton’s crystal is one of 24 MHz',
    patch: { [tsc]: 's/crystal_khz = 25000/crystal_khz = 24000/' },
    caughtBy: ['tsc-cpuid-denverton'],
  },
]

testMutants(mutants, unharmed)
