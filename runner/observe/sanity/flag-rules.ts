import type { CpuDump } from '../../cpuid/leaf.js'
import { featureDependencies } from './feature-dependencies.js'
import { type FlagBits, formatBit, isOffered } from '../../cpuid/flag-bits.js'
import type { BrokenRule } from './broken-rule.js'

/**
 * Flags that have a bit and are set without it, too: by family, by an MSR, by a hypervisor or by a mitigation (arch/x86/kernel/cpu/
 * amd.c, hygon.c, centaur.c, zhaoxin.c, intel.c, tsx.c, bugs.c, feat_ctl.c; fpu/xstate.c, apic/apic.c, xen/time.c, xen/enlighten_pv.c:
 * set_cpu_cap() and setup_force_cpu_cap(), 5.10 to 7.3).
 */
const synthesised: ReadonlySet<string> = new Set(
  `3dnow 3dnowprefetch acc_power apic arat btc_no constant_tsc cpb cx8 fpu hle hypervisor ibpb_brtype lfence_rdtsc monitor mtrr
  ospke osxsave pae pge rtm rtm_always_abort sbpb srso_no ssbd sse topoext tsa_l1_no tsa_sq_no tsc verw_clear vnmi xsaves`.split(
    /\s+/,
  ),
)

/** What the flags of a kernel's CPU must agree with: its CPUID, and one another. */
export function flagRules(
  flags: readonly string[],
  dump: CpuDump | undefined,
  flagBits: FlagBits,
  commandLine: string,
): BrokenRule[] {
  if (dump === undefined) return []
  const shown = new Set(flags)
  // Sets a flag by hand, by its name or number, and taints the kernel (arch/x86/kernel/cpu/common.c, parse_set_clear_cpuid()).
  const setByHand = /(?:^|\s)setcpuid=/.test(commandLine)
  return [
    ...(setByHand ? [] : flagsWithoutBit(flags, dump, flagBits)),
    ...flagsWithoutDependency(shown, dump, flagBits),
  ]
}

function flagsWithoutBit(
  flags: readonly string[],
  dump: CpuDump,
  flagBits: FlagBits,
): BrokenRule[] {
  return flags
    .filter(
      flag => flagBits.has(flag) && !synthesised.has(flag) && !isOffered(flag, dump, flagBits),
    )
    .map(flag => ({
      rule: 'flag-without-bit',
      shown: `${flag}: clear is ${(flagBits.get(flag) ?? []).map(formatBit).join(', and ')}`,
      mayBeAsked: false,
    }))
}

/**
 * A kernel that takes a feature away takes with it what depends on it. One that CPUID does not offer it need not miss: before
 * 6.16 a kernel leaves what depends on that alone.
 */
function flagsWithoutDependency(
  shown: ReadonlySet<string>,
  dump: CpuDump,
  flagBits: FlagBits,
): BrokenRule[] {
  return featureDependencies
    .filter(
      ([flag, needs]) => shown.has(flag) && !shown.has(needs) && isOffered(needs, dump, flagBits),
    )
    .map(([flag, needs]) => ({
      rule: 'flag-without-dependency',
      shown: `${flag} without ${needs}, which CPUID offers`,
      mayBeAsked: false,
    }))
}
