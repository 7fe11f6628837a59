import type { CpuDump } from '../cpuid/leaf.js'
import type { GuestReport } from '../console/protocol/report.js'
import type { Picture, Untaken } from '../console/screen/picture.js'
import { type GuestFacts, noFacts } from '../hypervisors/facts.js'
import { cpuFactsOf } from './cpu-facts.js'
import { observedDevices } from './devices.js'
import { drivenFacts } from './driven.js'
import { identityOf } from './identity.js'
import { interruptRows } from './interrupts.js'
import { logFromConsole } from './kernel-log.js'

/** What came out of a guest, by meaning instead of by file. */
export interface GuestFindings {
  readonly facts: GuestFacts
  /** The CPUID that each of its vCPUs saw; none without a report. */
  readonly cpus: readonly CpuDump[]
  /** The files of /sys/class/dmi/id by name. */
  readonly dmi: ReadonlyMap<string, string>
  /** The rows of /proc/interrupts, as {@link interruptRows} names them. */
  readonly interrupts: readonly string[]
  /** What the guest could not do, such as loading a module; a sentence each. */
  readonly problems: readonly string[]
  /** The kernel's whole log, without times and without what other programs logged. */
  readonly log: readonly string[]
}

const clockSourceFolder = '/sys/devices/system/clocksource/clocksource0'

/**
 * Gives a guest's report its meaning.
 *
 * @param console - the raw console, Latin-1: it has what a kernel overwrote of its log before it was read
 * @param shown - what the guest showed beside it
 */
export function findingsOf(
  report: GuestReport,
  console = '',
  shown: Picture | Untaken | null = null,
): GuestFindings {
  const { files } = report
  const words = (path: string) => splitWords(files.get(path) ?? '')
  const log = wholeLog(report, console)
  return {
    facts: {
      identity: identityOf(log, words('/sys/hypervisor/type')[0] ?? null),
      clocksource: {
        current: words(`${clockSourceFolder}/current_clocksource`)[0] ?? null,
        available: words(`${clockSourceFolder}/available_clocksource`),
        settled: report.notes.get('clocksource-settled') === 'yes',
      },
      clockevents: [...new Set(clockEvents(files))].sort(),
      flags: splitWords(
        /^flags\s*:(.*)$/m.exec(files.get('/proc/cpuinfo') ?? '')?.[1] ?? '',
      ).sort(),
      cpu: cpuFactsOf(files, log),
      devices: observedDevices(report.devices),
      driven: drivenFacts(report.svga, report.problems, shown),
    },
    cpus: report.cpus,
    dmi: new Map(
      [...files]
        .filter(([path]) => path.startsWith('/sys/class/dmi/id/'))
        .map(([path, content]) => [path.slice('/sys/class/dmi/id/'.length), content.trimEnd()]),
    ),
    interrupts: interruptRows(files.get('/proc/interrupts') ?? ''),
    problems: report.problems,
    log,
  }
}

// What guest/kernel-log.c reports where it was overtaken.
const overwritten = '/dev/kmsg: records were overwritten'

/** The kernel's whole log: where its buffer did not hold it, what was printed of it, if that is more. */
function wholeLog({ kmsg, problems }: GuestReport, console: string): string[] {
  const kept = kmsg.filter(({ facility }) => facility === 0).map(({ text }) => text)
  // Records are numbered from the boot on, and the oldest are overwritten first (Documentation/ABI/testing/dev-kmsg).
  const isLate = (kmsg[0]?.sequence ?? 0) > 0
  if (!isLate && !problems.some(text => text.includes(overwritten))) return kept
  const printed = logFromConsole(console)
  return printed.length > kept.length ? printed : kept
}

/**
 * What is found of a guest whose report did not come out whole: what its kernel logged.
 *
 * @param console - the raw console, Latin-1
 */
export function findingsFromConsole(console: string): GuestFindings {
  const log = logFromConsole(console)
  return {
    facts: { ...noFacts, identity: identityOf(log) },
    cpus: [],
    dmi: new Map(),
    interrupts: [],
    problems: [],
    log,
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
