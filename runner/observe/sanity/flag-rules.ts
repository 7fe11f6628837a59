import type { CpuDump } from '../../cpuid/leaf.js'
import type { GuestFacts } from '../../hypervisors/facts.js'
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

/** What the flags of a kernel's CPUs must agree with: the CPUID of each, and one another. */
export function flagRules(
  { flags, cpu }: Pick<GuestFacts, 'cpu' | 'flags'>,
  dumps: readonly CpuDump[],
  flagBits: FlagBits,
  commandLine: string,
): BrokenRule[] {
  const byHand = setByHand(commandLine)
  const told = new Set<string>()
  return dumps.flatMap(dump => {
    const shown = flagsOf(flags, cpu, dump.cpu)
    const found = [
      ...flagsWithoutBit(shown, dump, flagBits).filter(({ flag }) => !byHand(flag)),
      ...flagsWithoutDependency(new Set(shown), dump, flagBits),
    ]
    // What is so of the first and of those after it is told once.
    const fresh = found.filter(({ flag }) => dump.cpu === 0 || !told.has(flag))
    for (const { flag } of fresh) told.add(flag)
    const where = dump.cpu === 0 ? '' : `CPU ${dump.cpu}: `
    return fresh.map(({ rule, why }) => ({ rule, shown: `${where}${why}`, mayBeAsked: false }))
  })
}

interface Found {
  readonly rule: 'flag-without-bit' | 'flag-without-dependency'
  readonly flag: string
  readonly why: string
}

/** The flags of a vCPU: those of the first, but for what `differs` says of it. */
function flagsOf(
  first: readonly string[],
  cpu: GuestFacts['cpu'],
  number: number,
): readonly string[] {
  const words = cpu?.cpus.find(each => each.cpu === number)?.differs.flags?.split(' ') ?? []
  const less = new Set(words.filter(word => word.startsWith('-')).map(word => word.slice(1)))
  const more = words.filter(word => word.startsWith('+')).map(word => word.slice(1))
  return [...first.filter(flag => !less.has(flag)), ...more]
}

/**
 * Which flags `setcpuid=` may have set, which taints the kernel: those that it names, and any where it has a number, which each version
 * counts otherwise (arch/x86/kernel/cpu/common.c, parse_set_clear_cpuid()).
 */
function setByHand(commandLine: string): (flag: string) => boolean {
  const values = [...commandLine.matchAll(/(?:^|\s)setcpuid=(\S+)/g)]
  const named = new Set(values.flatMap(([, list = '']) => list.split(',')))
  const numbered = [...named].some(name => /^\d/.test(name))
  return flag => numbered || named.has(flag)
}

function flagsWithoutBit(flags: readonly string[], dump: CpuDump, flagBits: FlagBits): Found[] {
  return flags
    .filter(
      flag => flagBits.has(flag) && !synthesised.has(flag) && !isOffered(flag, dump, flagBits),
    )
    .map(flag => ({
      rule: 'flag-without-bit',
      flag,
      why: `${flag}: clear is ${(flagBits.get(flag) ?? []).map(formatBit).join(', and ')}`,
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
): Found[] {
  return featureDependencies
    .filter(
      ([flag, needs]) => shown.has(flag) && !shown.has(needs) && isOffered(needs, dump, flagBits),
    )
    .map(([flag, needs]) => ({
      rule: 'flag-without-dependency',
      flag,
      why: `${flag} without ${needs}, which CPUID offers`,
    }))
}
