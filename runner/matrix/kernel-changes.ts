import type { InterfaceId } from '../hypervisors/table.js'
import { type Fact, interfaceFact, isSameFact, single } from '../baseline/fact.js'
import type { GuiseRecord } from '../record/schema.js'
import { inRange } from '../scenario/condition.js'
import { parseVersion } from '../scenario/kernel-version.js'
import { type Change, formatChange } from './change.js'

/** A change of Linux that shows in every scenario which has to do with it, so that none states it by itself. */
interface KernelChange {
  /** The versions that have it. */
  readonly since: string
  /** The changes of a matrix's cell that it accounts for, from a kernel without it to one that has it; a pattern is of the line. */
  readonly changes: readonly (Change | RegExp)[]
  /** Where it can show at all; everywhere, where this is not stated. */
  readonly in?: (record: GuiseRecord) => boolean
  /** The commit, and what it comes to. */
  readonly cause: string
}

const gone = (fact: Fact): Change => ({ sign: '-', fact })
const fresh = (fact: Fact): Change => ({ sign: '+', fact })
const newly = (id: InterfaceId) => [
  gone(interfaceFact(id, true, false)),
  fresh(interfaceFact(id, true, true)),
]
const noLonger = (id: InterfaceId) => [
  gone(interfaceFact(id, true, true)),
  fresh(interfaceFact(id, true, false)),
]
const nowAvailable = (clocksource: string) =>
  fresh({ kind: 'clocksource available', id: clocksource, value: null })

// Version ranges as in a scenario; each change was seen on kernels of both sides.
const kernelChanges: readonly KernelChange[] = [
  {
    since:
      '>=5.10.232 <5.11 || >=5.15.175 <5.16 || >=6.1.121 <6.2 || >=6.6.67 <6.7 || >=6.12.6 <6.13-rc1 || >=6.13-rc4',
    changes: [
      gone(single('died in', 'xen_hvm_init_shared_info')),
      fresh(single('died in', 'xen_hypercall_amd')),
      fresh(single('died in', 'xen_hypercall_intel')),
    ],
    cause:
      "7fa0da537368 (x86/xen: remove hypercall page): the CPU's vendor chooses the instruction, an invalid one where no hypervisor is there",
  },
  {
    since: '>=5.17-rc1',
    changes: [...noLonger('kvm.steal-time'), ...noLonger('kvm.async-pf')],
    cause:
      'f3f26dae05e3 (x86/kvm: Silence per-cpu pr_info noise about KVM clocks and steal time): Linux does not say any more that it uses them',
  },
  {
    since: '>=6.5-rc1',
    changes: [nowAvailable('hyperv_clocksource_msr'), ...newly('clock.hyperv-msr')],
    cause:
      'e5313f1c5404 (clocksource/drivers/hyper-v: Rework clocksource and sched clock setup): the MSR is a clock source beside the TSC page, too',
  },
  {
    since: '>=6.6-rc1',
    changes: newly('kvm.eoi'),
    cause:
      'bef4f379e953 (x86/apic: Provide apic_update_callback()): Linux says since then that it replaces the EOI',
  },
  {
    since: '>=6.11-rc1',
    changes: [
      gone(single('died in', 'vmware_platform_setup')),
      fresh(single('died in', 'vmware_hypercall3')),
    ],
    cause:
      '34bf25e820ae (x86/vmware: Introduce VMware hypercall API): the instruction stands in a function of its own',
  },
  {
    since: '>=6.12-rc1',
    changes: [
      gone(single('clocksource current', 'hpet')),
      fresh(single('clocksource current', 'tsc')),
      nowAvailable('tsc'),
      ...newly('clock.tsc'),
    ],
    in: ({ cpuid, vendor }) => cpuid.got.length > 1 && vendor !== 'GenuineIntel',
    cause:
      'e7ff4ebffe3b (x86/tsc: Check for sockets instead of CPUs to make code match comment): the TSCs of several CPUs in one socket count as synchronized, whoever made them',
  },
  {
    since: '>=6.6-rc1',
    changes: [/^- cpu APIC: none$/, /^[+] cpu APIC: none, noop$/],
    cause:
      'since 6.6 whatever driver of the APIC is installed is told, that of none at all, too (apic_install_driver())',
  },
  {
    since: '>=6.9-rc1',
    changes: [fresh({ kind: 'flag', id: 'xtopology', value: null })],
    in: ({ vendor }) => vendor === 'AuthenticAMD' || vendor === 'HygonGenuine',
    cause:
      'c749ce393b8f (x86/cpu: Use common topology code for AMD): leaf 0xb is read of AMD and Hygon, too',
  },
  {
    since: '>=6.12-rc1',
    changes: [/^[-+] cpu APIC: xapic(?:, physical flat)?$/],
    cause:
      'x86/apic: Remove logical destination mode for 64-bit, of 6.12: physical flat is what a xAPIC begins with, and is not switched to',
  },
  {
    since: '>=6.15-rc1',
    changes: [gone({ kind: 'flag', id: 'constant_tsc', value: null })],
    in: ({ vendor, cpu }) => vendor === 'GenuineIntel' && cpu?.family === 6,
    cause:
      'fadb6f569b10 (x86/cpu/intel: Limit the non-architectural constant_tsc model checks): from Haswell on the leaf 0x80000007 alone says that the TSC is constant',
  },
  {
    since: '>=6.15-rc1',
    changes: [fresh({ kind: 'flag', id: 'rep_good', value: null })],
    in: ({ vendor, cpu }) => vendor === 'GenuineIntel' && (cpu?.family ?? 0) > 6,
    cause:
      'x86/cpu/intel: Fix page copy performance for extended Families, of 6.15: rep_good is for every family from Dothan on, and not for the sixth alone',
  },
  {
    since: '>=6.16-rc1',
    changes: [
      /^- vulnerability spec_rstack_overflow: Vulnerable: Safe RET, no microcode$/,
      /^[+] vulnerability spec_rstack_overflow: Mitigation: SMT disabled$/,
    ],
    in: ({ cpu }) => cpu?.family === 0x17 && cpu.smt !== 'on',
    cause:
      'since 6.16 srso_select_mitigation() looks at SMT before it looks at the microcode: Zen 1 and 2 are not vulnerable without it',
  },
  {
    since: '>=6.16-rc1',
    changes: [/^[-+] cache L1 (?:Data|Instruction), /],
    in: ({ flags, vendor }) =>
      !flags.includes('topoext') && (vendor === 'AuthenticAMD' || vendor === 'HygonGenuine'),
    cause:
      'x86/cacheinfo: Properly parse CPUID(0x80000005) L1d/L1i associativity, of 6.16: the ways of an L1 cache are a number there, and no code of a table',
  },
  {
    since: '>=6.16-rc1',
    changes: [/^- cpu (?:TLB|cache size): /],
    in: ({ vendor, cpuid }) => vendor === 'GenuineIntel' && highestLeaf(cpuid.got) < 2,
    cause:
      'since 6.16 init_intel_cacheinfo() ends where the highest leaf is below 2, and does not turn to the leaves 0x80000005 and 0x80000006',
  },
]

function highestLeaf(got: GuiseRecord['cpuid']['got']): number {
  const first = got[0]?.leaves.find(({ leaf, subleaf }) => Number(leaf) === 0 && subleaf === 0)
  return Number(first?.eax ?? 0)
}

/** The change of Linux that a change between two records of a scenario comes from; null where none is known. */
export function causeOfChange(
  change: Change,
  before: GuiseRecord,
  now: GuiseRecord,
): string | null {
  const [older, newer] = [before.kernel.version, now.kernel.version]
  // What no version can be read of is in no range, which tells nothing.
  if (parseVersion(older) === null || parseVersion(newer) === null) return null
  const found = kernelChanges.find(
    ({ since, changes, in: applies = () => true }) =>
      changes.some(each => accountsFor(each, change)) &&
      applies(now) &&
      !inRange(older, since) &&
      inRange(newer, since),
  )
  return found?.cause ?? null
}

function accountsFor(expected: Change | RegExp, { sign, fact }: Change): boolean {
  if (expected instanceof RegExp) return expected.test(formatChange({ sign, fact }))
  return expected.sign === sign && isSameFact(expected.fact, fact)
}
