import type { InterfaceId } from '../hypervisors/table.js'
import type { GuiseRecord } from '../record/schema.js'
import { inRange } from '../scenario/condition.js'
import { parseVersion } from '../scenario/kernel-version.js'

/** A change of Linux that shows in every scenario which has to do with it, so that none states it by itself. */
interface KernelChange {
  /** The versions that have it. */
  readonly since: string
  /** The changes of a matrix's cell that it accounts for, from a kernel without it to one that has it. */
  readonly changes: readonly string[]
  /** Where it can show at all; everywhere, where this is not stated. */
  readonly in?: (record: GuiseRecord) => boolean
  /** The commit, and what it comes to. */
  readonly cause: string
}

const newly = (id: InterfaceId) => [
  `- interface ${id} offered, not adopted`,
  `+ interface ${id} offered, adopted`,
]
const noLonger = (id: InterfaceId) => [
  `- interface ${id} offered, adopted`,
  `+ interface ${id} offered, not adopted`,
]

// Version ranges as in a scenario; each change was seen on kernels of both sides.
const kernelChanges: readonly KernelChange[] = [
  {
    since:
      '>=5.10.232 <5.11 || >=5.15.175 <5.16 || >=6.1.121 <6.2 || >=6.6.67 <6.7 || >=6.12.6 <6.13-rc1 || >=6.13-rc4',
    changes: [
      '- died in xen_hvm_init_shared_info',
      '+ died in xen_hypercall_amd',
      '+ died in xen_hypercall_intel',
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
    changes: ['+ clocksource available hyperv_clocksource_msr', ...newly('clock.hyperv-msr')],
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
    changes: ['- died in vmware_platform_setup', '+ died in vmware_hypercall3'],
    cause:
      '34bf25e820ae (x86/vmware: Introduce VMware hypercall API): the instruction stands in a function of its own',
  },
  {
    since: '>=6.12-rc1',
    changes: [
      '- clocksource current hpet',
      '+ clocksource current tsc',
      '+ clocksource available tsc',
      ...newly('clock.tsc'),
    ],
    in: ({ cpuid, vendor }) => cpuid.got.length > 1 && vendor !== 'GenuineIntel',
    cause:
      'e7ff4ebffe3b (x86/tsc: Check for sockets instead of CPUs to make code match comment): the TSCs of several CPUs in one socket count as synchronized, whoever made them',
  },
]

/** The change of Linux that a change between two records of a scenario comes from; null where none is known. */
export function causeOfChange(
  change: string,
  before: GuiseRecord,
  now: GuiseRecord,
): string | null {
  const [older, newer] = [before.kernel.version, now.kernel.version]
  // What no version can be read of is in no range, which tells nothing.
  if (parseVersion(older) === null || parseVersion(newer) === null) return null
  const found = kernelChanges.find(
    ({ since, changes, in: applies = () => true }) =>
      changes.includes(change) && applies(now) && !inRange(older, since) && inRange(newer, since),
  )
  return found?.cause ?? null
}
