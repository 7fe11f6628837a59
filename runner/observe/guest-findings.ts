import type { CpuDump } from '../cpuid/leaf.js'
import type { GuestReport } from '../console/protocol/report.js'
import type { ObservedDevice } from '../hypervisors/facts.js'
import { observedDevices } from './devices.js'
import { interruptRows } from './interrupts.js'

/** What a guest's report says, by meaning instead of by file. */
export interface GuestFindings {
  readonly cpus: readonly CpuDump[]
  readonly clocksource: {
    readonly current: string | null
    readonly available: readonly string[]
    /** Whether the kernel had made its choice when the guest looked. */
    readonly settled: boolean
  }
  /** The devices in charge of clock events, sorted and without repeats. */
  readonly clockevents: readonly string[]
  /** The flags of the first CPU in /proc/cpuinfo, sorted. */
  readonly flags: readonly string[]
  /** What /sys/hypervisor/type says, or null where the kernel has none. */
  readonly sysfsType: string | null
  /** The files of /sys/class/dmi/id by name. */
  readonly dmi: ReadonlyMap<string, string>
  /** The devices that the machine offers, by bus and name. */
  readonly devices: readonly ObservedDevice[]
  /** The rows of /proc/interrupts, as {@link interruptRows} names them. */
  readonly interrupts: readonly string[]
  /** What the guest could not do, such as loading a module; a sentence each. */
  readonly problems: readonly string[]
  /** The kernel's log, without times and without what other programs logged. */
  readonly log: readonly string[]
}

const clockSourceFolder = '/sys/devices/system/clocksource/clocksource0'

/** Gives a guest's report its meaning. */
export function findingsOf(report: GuestReport): GuestFindings {
  const { files } = report
  const words = (path: string) => splitWords(files.get(path) ?? '')
  return {
    cpus: report.cpus,
    clocksource: {
      current: words(`${clockSourceFolder}/current_clocksource`)[0] ?? null,
      available: words(`${clockSourceFolder}/available_clocksource`),
      settled: report.notes.get('clocksource-settled') === 'yes',
    },
    clockevents: [...new Set(clockEvents(files))].sort(),
    flags: splitWords(/^flags\s*:(.*)$/m.exec(files.get('/proc/cpuinfo') ?? '')?.[1] ?? '').sort(),
    sysfsType: words('/sys/hypervisor/type')[0] ?? null,
    dmi: new Map(
      [...files]
        .filter(([path]) => path.startsWith('/sys/class/dmi/id/'))
        .map(([path, content]) => [path.slice('/sys/class/dmi/id/'.length), content.trimEnd()]),
    ),
    devices: observedDevices(report.devices),
    interrupts: interruptRows(files.get('/proc/interrupts') ?? ''),
    problems: report.problems,
    log: report.kmsg.filter(({ facility }) => facility === 0).map(({ text }) => text),
  }
}

function clockEvents(files: ReadonlyMap<string, string>): string[] {
  return [...files]
    .filter(([path]) => path.startsWith('/sys/devices/system/clockevents/'))
    .flatMap(([, content]) => splitWords(content))
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}
