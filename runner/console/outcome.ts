import type { QemuExit } from '../launch/qemu-process.js'
import type { Outcome } from '../scenario/outcome.js'
import { findDeath, hasKernelLine } from './kernel-lines.js'
import { type EndedBy, isKvmError } from './monitor.js'
import { completeMarker, noChannelMarker, truncatedMarker } from './protocol/layout.js'
import type { GuestReport } from './protocol/report.js'

/** What is known of a guest when it is over. */
export interface GuestEnding {
  readonly endedBy: EndedBy
  readonly exit: QemuExit
  /** The console, Latin-1. */
  readonly console: string
  /** The guest's own report, as far as it came out. */
  readonly report: Pick<GuestReport, 'complete' | 'problems' | 'notes'>
  /** Whether QEMU was seen with the threads of a machine, or can't have been seen. */
  readonly ranMachine: boolean
  /** How long QEMU was stopped by somebody (SIGSTOP), in milliseconds. */
  readonly stoppedMs: number
}

/** How a guest ended, and the one sentence that says why it is taken so. */
export interface Ending {
  readonly outcome: Outcome
  readonly reason: string
  /** The function that a kernel died in, where it said so; else null. */
  readonly diedIn: string | null
  /** The function that a guest which hangs stays in, where it was looked at; else null. */
  readonly stuckIn: string | null
  /** The guest came up, and its report did not come out: that says nothing of its kernel. */
  readonly lostReport: boolean
}

/** Tells the outcomes apart. */
export function outcomeOf(ending: GuestEnding): Ending {
  return { diedIn: null, stuckIn: null, lostReport: false, ...classify(ending) }
}

type Classified = Pick<Ending, 'outcome' | 'reason'> & Partial<Ending>

function classify(ending: GuestEnding): Classified {
  const { endedBy, exit, console, report } = ending
  if (report.complete) return { outcome: 'reported', reason: 'the report came out whole' }
  if (exit.failedToStart !== null) {
    return { outcome: 'qemu-failed', reason: `QEMU could not be started: ${exit.failedToStart}` }
  }
  if (isKvmError(exit.stderr)) {
    return { outcome: 'kvm-error', reason: firstMatch(exit.stderr, /.*(?:KVM internal|kvm run).*/) }
  }
  if (endedBy === 'itself' && hasFailed(exit)) {
    const how = exit.signal === null ? `status ${exit.code ?? '?'}` : exit.signal
    const said = exit.stderr.trim().split('\n').at(-1) ?? ''
    return {
      outcome: 'qemu-failed',
      reason: `QEMU ended with ${how}: ${said === '' ? 'it said nothing' : said}`,
    }
  }
  const unstarted = reasonNotToHaveRun(ending)
  if (unstarted !== null) return { outcome: 'qemu-failed', reason: unstarted }
  const death = findDeath(console)
  if (death !== null) {
    return { outcome: death.death, reason: death.line, diedIn: death.diedIn }
  }
  if (endedBy !== 'itself' && ending.stoppedMs > 0) {
    const seconds = Math.ceil(ending.stoppedMs / 1000)
    return { outcome: 'qemu-failed', reason: `QEMU was stopped from outside for ${seconds} s` }
  }
  const wordless = withoutWords(ending, hasKernelLine(console))
  const lost = reasonOfLostReport(ending)
  return lost === null
    ? wordless
    : { ...wordless, lostReport: true, reason: `the guest came up and could not report: ${lost}` }
}

/** Why a QEMU that ended as if all were well has run no guest, as one does that is asked for help; null where it may have. */
function reasonNotToHaveRun({ endedBy, exit, console, ranMachine }: GuestEnding): string | null {
  if (endedBy !== 'itself' || console !== '') return null
  const [said = ''] = exit.stdout.trim().split('\n', 1)
  if (said !== '') return `QEMU ended with status 0 and ran no guest: ${said}`
  return ranMachine ? null : 'QEMU ended with status 0 and ran no guest: it said nothing'
}

/** Why the report of a guest whose init ran did not come out whole; null where its init did not get so far. */
function reasonOfLostReport({ console, report }: GuestEnding): string | null {
  const noChannel = console.indexOf(noChannelMarker)
  if (noChannel >= 0) {
    return console.slice(noChannel + 'guise: '.length, noChannel + 200).split(/[\r\n]/, 1)[0] ?? ''
  }
  // The marker alone is only text: whatever reports has at least begun to.
  const ended = console.includes(completeMarker) || console.includes(truncatedMarker)
  return ended && report.notes.size > 0 ? (report.problems[0] ?? '') : null
}

/** Whether a QEMU that went on its own went for another reason than its guest's. */
function hasFailed({ code, signal, stderr }: QemuExit): boolean {
  // Somebody else's SIGTERM makes QEMU end with status 0; it says whose (qemu_kill_report() in softmmu/runstate.c).
  return code !== 0 || signal !== null || /terminating on signal \d/.test(stderr)
}

function withoutWords({ endedBy, report }: GuestEnding, kernelSpoke: boolean): Classified {
  switch (endedBy) {
    case 'silence':
      return kernelSpoke
        ? { outcome: 'hang', reason: 'the kernel fell silent' }
        : { outcome: 'firmware-hang', reason: 'no first line of a kernel in time' }
    case 'output-limit':
      return { outcome: 'timeout', reason: 'the console grew past its limit' }
    case 'deadline':
      return kernelSpoke
        ? { outcome: 'timeout', reason: 'no report before the total deadline' }
        : { outcome: 'firmware-hang', reason: 'no line of a kernel before the total deadline' }
    default:
      return {
        outcome: 'reset',
        reason: ['the machine was reset before the report was whole', ...report.problems]
          .slice(0, 2)
          .join(': '),
      }
  }
}

function firstMatch(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[0].trim() ?? ''
}
