import type { Hypervisor } from '../hypervisors/hypervisor.js'
import {
  type HypervisorName,
  hypervisorNamed,
  hypervisorOf,
  hypervisors,
  interfaceOf,
  type InterfaceOwner,
} from '../hypervisors/table.js'
import type { Unmet } from '../judge/verdict.js'
import { clockGivenUp, trouble } from '../observe/kernel-trouble.js'
import type { Outcome } from '../scenario/outcome.js'

/** What decides which lines of a kernel's log bear on a failure. */
export interface FailureFacts {
  readonly log: readonly string[]
  readonly outcome: Outcome
  readonly unmet: readonly Unmet[]
  /** The kernel's own name of the hypervisor that it detected, or null. */
  readonly hypervisor: string | null
}

// The screen has room for a reason, not for a log; the console and the log are kept whole.
const mostLines = 6
const mostFrames = 6

// kernel/time/clocksource.c, arch/x86/kernel/tsc.c, tsc_sync.c, hpet.c: what else speaks against a clock, or for another one.
const clockTrouble =
  /^(?:tsc: (?:Marking|Unable|.*failed)|(?:Measured .*)?TSC .*warp|clocksource: (?:Override |Switched to |.*skew)|hpet: .*(?:[Dd]isabl|dysfunctional))/

/**
 * The lines of the kernel's own that bear on why a guest did not pass: of a death or a warning its first lines, where it happened and
 * some of how it came there; else what the code of the hypervisors in question said, the firmware's bugs, and what speaks against
 * a clock where one is unmet. Of a kernel that fell silent, its last lines.
 */
export function kernelSaid({ log, outcome, unmet, hypervisor }: FailureFacts): string[] {
  const died = excerptOfTrouble(log)
  if (died.length > 0 && outcome !== 'reported') return died
  if (outcome !== 'reported') return log.slice(-3)
  const concerned = concernedHypervisors(unmet, hypervisor)
  const drivers = unmet.flatMap(({ expected }) => expected?.driver ?? [])
  const bears = (line: string) =>
    line.startsWith('[Firmware Bug]') ||
    concerned.some(({ speaks }) => speaks.test(line)) ||
    (unmet.some(isOfClocks) && (clockGivenUp.test(line) || clockTrouble.test(line))) ||
    drivers.some(driver => line.startsWith(`${driver} `) || line.startsWith(`${driver}:`))
  return [...new Set([...died, ...refusalsFirst(log.filter(bears))])].slice(
    0,
    Math.max(mostLines, died.length),
  )
}

/** What the code of a hypervisor says that it refuses or misses. */
export function refusalsOf(name: HypervisorName, log: readonly string[]): string[] {
  const { speaks } = hypervisorOf(name)
  return log.filter(line => speaks.test(line) && refuses(line)).slice(0, mostLines)
}

/** A death, or a warning, from its first line: the reason beside it, the line itself, where, and by which way. */
function excerptOfTrouble(log: readonly string[]): string[] {
  const start = log.findIndex(line => trouble.test(line))
  if (start < 0) return []
  const cut = log.slice(Math.max(0, start - 3), start)
  const reasons = cut.slice(cut.findLastIndex(line => line.includes('[ cut here ]')) + 1)
  const rest = log.slice(start + 1, start + 60)
  const rip = rest.findIndex(line => line.startsWith('RIP: '))
  const trace = rest.findIndex(line => line.startsWith('Call Trace:'))
  const frames = trace < 0 ? [] : rest.slice(trace + 1).filter(line => !/<\/?\w+>/.test(line))
  const end = frames.findIndex(line => !/^ +(?:\? )?[\w.]+\+0x/.test(line))
  return [
    ...(cut.length > reasons.length ? reasons : []),
    ...log.slice(start, start + 1),
    ...(rip < 0 ? [] : rest.slice(rip, rip + 1)),
    ...(frames.length === 0 ? [] : ['Call Trace:']),
    ...frames.slice(0, Math.min(mostFrames, end < 0 ? mostFrames : end)),
  ]
}

/** Those whose code had a say in what is unmet: the one that was wanted, the one that there was, and the owners of interfaces. */
function concernedHypervisors(unmet: readonly Unmet[], hypervisor: string | null): Hypervisor[] {
  const owners = unmet.flatMap(({ field, want, got }): (InterfaceOwner | undefined)[] => {
    if (field === 'hypervisor' || field === 'paravirt' || field === 'sysfs-type') {
      return [hypervisorNamed(want), hypervisorNamed(got)]
    }
    if (field === 'adopts' || field === 'rejects' || field === 'offers') {
      return [interfaceOf(want)?.owner]
    }
    if (field.startsWith('clocksource.')) return [ownerOfClock(want), ownerOfClock(got)]
    return field.startsWith('log.') ? [hypervisorNamed(hypervisor ?? '')] : []
  })
  return hypervisors.filter(({ name }) => owners.includes(name))
}

/** The names that clock sources have in sysfs begin with their owner's. */
function ownerOfClock(clock: string): HypervisorName | undefined {
  return hypervisors.find(({ name }) => clock.startsWith(name))?.name
}

function isOfClocks({ field, want }: Unmet): boolean {
  return field.startsWith('clocksource.') || /^(?:clock|timer|tsc-frequency)\./.test(want)
}

/** What a kernel refuses or misses says more than what it uses. */
function refusalsFirst(lines: readonly string[]): string[] {
  return [...lines.filter(refuses), ...lines.filter(line => !refuses(line))]
}

function refuses(line: string): boolean {
  return /not (?:available|supported|found|enabled)|fail|unable|disabl|refus|bug|unstable|invalid/i.test(
    line,
  )
}
