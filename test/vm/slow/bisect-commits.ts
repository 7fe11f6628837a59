import type { TestCommit } from './repository.js'

const detected: readonly [string, string] = [
  'static uint32_t __init kvm_detect(void)\n{\n\treturn kvm_cpuid_base();',
  'static uint32_t __init kvm_detect(void)\n{\n\treturn kvm_cpuid_base() == 0x40000000 ? 0x40000000 : 0;',
]
const unbuildable: readonly [string, string] = [
  '#include <linux/dmi.h>\n',
  '#include <linux/dmi.h>\nint oops = ;\n',
]
const unbootable: readonly [string, string] = [
  '\tconsole_init();\n',
  '\tconsole_init();\n\tpanic("it breaks otherwise");\n',
]
const swap = ([from, to]: readonly [string, string]): readonly [string, string] => [to, from]

const fillers = [
  'arch/x86/kernel/cpu/mshyperv.c',
  'arch/x86/kernel/cpu/acrn.c',
  'arch/x86/kernel/cpu/scattered.c',
  'arch/x86/kernel/cpu/centaur.c',
  'kernel/time/clocksource.c',
  'arch/x86/kernel/hpet.c',
]

/** Commits that change nothing, each another file; `from` is the first one's number. */
function nothing(from: number, count: number): TestCommit[] {
  return Array.from({ length: count }, (_, index) => ({
    subject: `nothing ${from + index}`,
    file: fillers[(from + index) % fillers.length] ?? '',
  }))
}

const kvm = 'arch/x86/kernel/kvm.c'
const vmware = 'arch/x86/kernel/cpu/vmware.c'
const main = 'init/main.c'

// Of an even number of commits git asks for the middle one first; which of two as near to it comes first their hashes tell.

/** KVM behind Hyper-V is not found any more; some commits do not build, and some do not boot: git asks for one of those first. */
export const detectionCommits: readonly TestCommit[] = [
  ...nothing(1, 7),
  { subject: 'main: a boot that breaks', file: main, change: unbootable },
  ...nothing(9, 2),
  { subject: 'main: the boot is mended', file: main, change: swap(unbootable) },
  { subject: 'kvm: only the first base counts', file: kvm, change: detected },
  { subject: 'vmware: a slip that does not build', file: vmware, change: unbuildable },
  ...nothing(14, 1),
  { subject: 'vmware: the slip is mended', file: vmware, change: swap(unbuildable) },
  ...nothing(16, 3),
]

/** No failure, but another clock source: the PM timer is preferred to the HPET. git asks first for a commit that does not build. */
export const clockCommits: readonly TestCommit[] = [
  ...nothing(1, 6),
  {
    subject: 'acpi_pm: a better rating',
    file: 'drivers/clocksource/acpi_pm.c',
    change: ['\t.rating\t\t= 200,', '\t.rating\t\t= 260,'],
  },
  { subject: 'vmware: a slip that does not build', file: vmware, change: unbuildable },
  ...nothing(9, 1),
  { subject: 'vmware: the slip is mended', file: vmware, change: swap(unbuildable) },
  ...nothing(11, 8),
]

/** A vulnerability is told otherwise, and a flag goes; two commits, one of which is asked for. */
export const factCommits: readonly TestCommit[] = [
  ...nothing(1, 3),
  {
    subject: 'bugs: another word for retpolines',
    file: 'arch/x86/kernel/cpu/bugs.c',
    change: ['= "Mitigation: Retpolines",', '= "Mitigation: Returns",'],
  },
  ...nothing(5, 8),
  {
    subject: 'amd: rep_good from family 0x11 on',
    file: 'arch/x86/kernel/cpu/amd.c',
    change: [
      '\tif (c->x86 >= 0x10)\n\t\tset_cpu_cap(c, X86_FEATURE_REP_GOOD);',
      '\tif (c->x86 > 0x10)\n\t\tset_cpu_cap(c, X86_FEATURE_REP_GOOD);',
    ],
  },
  ...nothing(14, 4),
]
