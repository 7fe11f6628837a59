import type { CompiledAnew, SourcePatch } from './patched-kernel.js'

/** A regression of Linux, how a kernel that has it is had, and what of the catalogue is red on it. */
export interface KnownRegression {
  /** The commit that fixed it, or took away the code that it was in. */
  readonly commit: string
  readonly what: string
  readonly scenarios: readonly string[]
  /** What a failure says. */
  readonly reason: RegExp
  /** The function that a guest dies in. */
  readonly diedIn?: string
  /** Debian's kernels that have it. */
  readonly packages: readonly string[]
  /** One of Debian's kernels without it, and its source with the fix taken back. */
  readonly fixed: string
  readonly reverted?: SourcePatch
  readonly anew?: CompiledAnew
}

const topology = 'arch/x86/kernel/cpu/topology.c'
const topologyAmd = 'arch/x86/kernel/cpu/topology_amd.c'
const amd = 'arch/x86/kernel/cpu/amd.c'
const deps = 'arch/x86/kernel/cpu/cpuid-deps.c'

/** In the order of their fixes. */
export const knownRegressions: readonly KnownRegression[] = [
  {
    commit: '5e25eb25dae9',
    what: 'without a local APIC there is no CPU to count, and 6.9-rc divides by that',
    scenarios: ['no-local-apic'],
    reason: /expected outcome reported, got early-exception: PANIC: early exception 0x00/,
    diedIn: 'topology_init_possible_cpus',
    packages: [],
    fixed: 'debian:trixie',
    reverted: { [topology]: '/if (topo_info.boot_cpu_apic_id == BAD_APICID)/,+1d' },
  },
  {
    commit: '1b3108f6898e',
    what: '6.9-rc takes the threads of a package in 0x80000008 for those of a core',
    scenarios: ['amd-threads-of-80000008'],
    reason: /topology cores 2, got 1/,
    packages: [],
    fixed: 'debian:trixie',
    reverted: {
      [topologyAmd]: [
        '/topology_update_dom(tscan, TOPO_SMT_DOMAIN, 0, 1);/d',
        's/(tscan, TOPO_CORE_DOMAIN, sft, /(tscan, TOPO_SMT_DOMAIN, sft, /',
      ].join(';'),
    },
  },
  {
    commit: '9543f6e26634',
    what: 'GFNI, VAES and VPCLMULQDQ are given up with AVX-512',
    scenarios: ['vaes-without-avx512'],
    reason: /expected flag gfni, got no sign of it/,
    packages: [],
    fixed: 'debian:trixie',
    reverted: {
      [deps]: ['GFNI', 'VAES', 'VPCLMULQDQ']
        .map(name => `s/\\({ X86_FEATURE_${name},\\s*\\)X86_FEATURE_\\w*/\\1X86_FEATURE_AVX512VL/`)
        .join(';'),
    },
  },
  {
    commit: '5754ace3c319',
    what: 'an AMD CPU with TOPOEXT and without a last level cache has none to share, not with its own thread',
    scenarios: ['amd-without-l3'],
    reason: /a cache with 1 of level 3, got 2 of level 3/,
    packages: [],
    fixed: 'debian:trixie',
    reverted: {
      [topologyAmd]: [
        's/^\\tparse_fam10h_node_id(tscan);/&\\n\\tlegacy_set_llc(tscan);/',
        '/^void cpu_parse_topology_amd/,/^}/{/legacy_set_llc/d}',
      ].join('\n'),
    },
  },
  {
    commit: '34bf6bae3286',
    what: 'the two cores of a compute unit are taken for two threads of one core',
    scenarios: ['amd-compute-units'],
    reason: /topology cores 2, got 1/,
    packages: [],
    fixed: 'debian:trixie',
    reverted: { [topologyAmd]: 's/if (tscan->c->x86 >= 0x17) {/if (true) {/' },
  },
  {
    commit: 'c749ce393b8f',
    what: 'until 6.9 the cores of an AMD CPU before Zen are divided among its nodes, be it one among two',
    scenarios: ['amd-nodes-of-one-core'],
    reason: /expected outcome reported, got oops: divide error/,
    diedIn: 'init_amd',
    packages: ['debian:bullseye', 'debian:bookworm'],
    fixed: 'debian:trixie',
  },
  {
    // The next table is that of Zenbleed where data lie in the order of the source, close together, as Clang has them.
    commit: 'f0df00ebc57f',
    what: 'the table of erratum 1386 does not end, and goes on into the next one',
    scenarios: ['zen2-outside-erratum-1386'],
    reason: /expected outcome reported, got (?:oops|early-exception)/,
    packages: [],
    fixed: 'debian:trixie-backports',
    reverted: {
      [amd]: '/^static const struct x86_cpu_id erratum_1386_microcode/,/^};/{/{}/d}',
      'arch/x86/kernel/cpu/Makefile': '$a CFLAGS_amd.o += -fno-toplevel-reorder -malign-data=abi',
    },
  },
  {
    commit: '24963ae1b0b6',
    what: 'no Pentium 4 has a constant TSC',
    scenarios: ['pentium-4-constant-tsc'],
    reason: /expected flag constant_tsc, got no sign of it/,
    packages: ['debian:6.16.3'],
    fixed: 'debian:trixie-backports',
    reverted: {
      'arch/x86/kernel/cpu/intel.c': 's/<= INTEL_P4_CEDARMILL/<= INTEL_P4_WILLAMETTE/',
    },
  },
  {
    commit: 'c2415c407a2c',
    what: 'an empty 0x8000001e has the APIC id 0, whatever leaf 0xb says',
    scenarios: ['amd-empty-8000001e'],
    reason: /APIC ID mismatch\. CPUID: 0x0000 APIC: 0x0001/,
    packages: ['debian:6.12.43', 'debian:6.16.3'],
    fixed: 'debian:trixie',
    reverted: {
      [topologyAmd]:
        's/^\\tif (!has_topoext) {/\\ttscan->c->topo.initial_apicid = leaf.ext_apic_id;\\n&/',
    },
  },
  {
    commit: 'cba4262a19af',
    what: 'leaf 0xb is read only with TOPOEXT',
    scenarios: ['amd-xtopology-without-topoext'],
    reason: /topology cores 1, got 2/,
    packages: ['debian:6.12.43', 'debian:6.16.3'],
    fixed: 'debian:trixie',
    reverted: {
      [topologyAmd]: 's/cpu_parse_topology_ext(tscan);/boot_cpu_has(X86_FEATURE_TOPOEXT) \\&\\& &/',
    },
  },
  {
    commit: '215596ddc33f',
    what: 'until 6.18 nobody knows bhyve',
    scenarios: ['bhyve'],
    reason: /expected hypervisor Bhyve, got none/,
    packages: [],
    fixed: 'debian:trixie-backports',
    reverted: { 'arch/x86/kernel/cpu/hypervisor.c': '/&x86_hyper_bhyve,/d' },
  },
]
