import type { GuiseRecord } from '../report/record-schema.js'
import { inRange } from '../scenario/condition.js'

/** A change of Linux that shows in every scenario which has to do with it, so that none states it by itself. */
interface KernelChange {
  /** The versions that have it. */
  readonly since: string
  /** The facts, as a baseline writes them, that it changes. */
  readonly facts: RegExp
  /** Where it can show at all; everywhere, where this is not stated. */
  readonly in?: (record: GuiseRecord) => boolean
  /** The commit, and what it comes to. */
  readonly cause: string
}

// Version ranges as in a scenario; each was seen on kernels of both sides.
const kernelChanges: readonly KernelChange[] = [
  {
    since: '>=5.17-rc1',
    facts: /^interface kvm\.steal-time /,
    cause:
      'f3f26dae05e3 (x86/kvm: Silence per-cpu pr_info noise about KVM clocks and steal time): Linux does not say any more that it uses it',
  },
  {
    since: '>=6.5-rc1',
    facts: /^(?:clocksource available hyperv_clocksource_msr|interface clock\.hyperv-msr )/,
    cause:
      'e5313f1c5404 (clocksource/drivers/hyper-v: Rework clocksource and sched clock setup): the MSR is a clock source beside the TSC page, too',
  },
  {
    since: '>=6.6-rc1',
    facts: /^interface kvm\.eoi /,
    cause:
      'bef4f379e953 (x86/apic: Provide apic_update_callback()): Linux says since then that it replaces the EOI',
  },
  {
    since: '>=6.12-rc1',
    facts: /^(?:clocksource (?:available|current) |interface clock\.tsc )/,
    in: ({ cpuid }) => cpuid.got.length > 1,
    cause:
      'e7ff4ebffe3b (x86/tsc: Check for sockets instead of CPUs to make code match comment): the TSCs of several CPUs in one socket count as synchronized, whoever made them',
  },
]

/** The change of Linux that a fact is there for, or gone, on one of two records of a scenario; null where none is known. */
export function causeOfChange(fact: string, before: GuiseRecord, now: GuiseRecord): string | null {
  const change = kernelChanges.find(
    ({ since, facts, in: applies = () => true }) =>
      facts.test(fact) &&
      applies(now) &&
      inRange(before.kernel.version, since) !== inRange(now.kernel.version, since),
  )
  return change?.cause ?? null
}
