import { performance } from 'node:perf_hooks'
import { readFileSync, writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { EnvironmentError } from '../errors.js'
import { type GuestFiles, guestCommand } from '../launch/qemu-arguments.js'
import { type QemuExit, startQemu } from '../launch/qemu-process.js'
import type { Plan } from '../plan/plan.js'
import { makeGuestFolder } from './guest-folder.js'
import { ConsoleMonitor, defaultOutputBytes, type EndedBy } from './monitor.js'
import { completeMarker } from './protocol/layout.js'
import type { GuestReport } from './protocol/report.js'
import { openPty } from './pty.js'
import { openReportChannel } from './report-channel.js'

/** The files of a guest that the image stage made, and where its console is to be kept. */
export interface GuestImages extends Pick<
  GuestFiles,
  'qemu' | 'kernel' | 'initramfs' | 'override'
> {
  /** Where QEMU writes the raw console; made anew. */
  readonly consoleLog: string
}

/** All that came out of a guest. */
export interface AttendedGuest {
  readonly command: readonly string[]
  readonly endedBy: EndedBy
  readonly exit: QemuExit
  /** The raw console as it stands on the disk. */
  readonly console: Buffer
  readonly report: GuestReport
  /** Milliseconds since the launch; null for what did not come. */
  readonly timing: { firstByte: number | null; marker: number | null; total: number }
}

/** Thrown where the run was interrupted while a guest was up. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/**
 * Starts a planned guest, watches it to its end, and collects what came out. When this returns or throws, QEMU is
 * gone, and so is every file but the console log.
 *
 * @throws InterruptedError when `signal` is aborted
 * @throws EnvironmentError when the console could not be kept whole, or the machine has no room for a guest
 */
export async function attendGuest(
  plan: Plan,
  images: GuestImages,
  signal: AbortSignal,
  outputBytes: number = defaultOutputBytes,
): Promise<AttendedGuest> {
  await using folder = await makeGuestFolder()
  const { scenario, channel, extraLeaves } = plan
  let look: () => void = () => undefined
  await using report = await openReportChannel(
    channel,
    folder.path,
    extraLeaves,
    scenario.machine.cpus,
    () => {
      look()
    },
  )
  const startedAt = performance.now()
  const monitor = new ConsoleMonitor(
    { ...plan.deadlines, outputBytes, marker: completeMarker },
    startedAt,
  )
  let firstByte: number | null = null
  let marker: number | null = null
  const sinceStart = () => performance.now() - startedAt
  using pty = openPty(bytes => {
    firstByte ??= sinceStart()
    monitor.feed(bytes, performance.now())
    // A QEMU whose terminal is full writes no more to its log either.
    if (monitor.bytes > outputBytes) pty.pause()
    look()
  })
  // QEMU appends to a log that is there, and says little where it can't make one.
  keeping(images.consoleLog, () => {
    writeFileSync(images.consoleLog, '')
  })
  const command = guestCommand(plan, {
    ...images,
    console: { kind: 'pty', path: pty.path, log: images.consoleLog },
    report: report.endpoint,
  })

  throwIfInterrupted(signal)
  const qemu = startQemu(command, text => {
    monitor.feedStderr(text, performance.now())
    look()
  })
  let endedBy: EndedBy = 'itself'
  let timer: NodeJS.Timeout | undefined
  let reportSeen = false
  const stopLooking = () => {
    clearTimeout(timer)
    look = () => undefined
  }
  const end = (reason: EndedBy) => {
    stopLooking()
    endedBy = reason
    qemu.end()
  }
  look = () => {
    clearTimeout(timer)
    const now = performance.now()
    if (monitor.markerSeen) marker ??= sinceStart()
    // Anything may print the marker, so the report counts; it is read once, for what is damaged then stays so.
    if (monitor.markerSeen && !reportSeen && report.isComplete()) {
      reportSeen = true
      if (report.read().complete) {
        end('report')
        return
      }
    }
    const reason = monitor.ending(now)
    if (reason !== null) end(reason)
    else timer = setTimeout(look, Math.max(1, monitor.nextCheckAt() - now))
  }
  const interrupt = () => {
    end('itself')
  }
  signal.addEventListener('abort', interrupt)
  look()
  const exit = await qemu.exited
  stopLooking()
  signal.removeEventListener('abort', interrupt)
  throwIfInterrupted(signal)
  await drained(monitor)
  return {
    command,
    endedBy,
    exit,
    console: readLog(images.consoleLog, monitor.bytes),
    report: report.read(),
    timing: { firstByte, marker, total: sinceStart() },
  }
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError('interrupted')
}

/** Waits until the monitor has seen what QEMU wrote last, which may still be in the terminal when QEMU is gone. */
async function drained(monitor: ConsoleMonitor): Promise<void> {
  for (let seen = -1; seen < monitor.bytes;) {
    seen = monitor.bytes
    await nextTurn()
  }
}

function keeping<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new EnvironmentError(
      `${path}: expected to keep the console there, got: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** The console as QEMU kept it, of which at least `least` bytes have been seen. */
function readLog(path: string, least: number): Buffer {
  const console = keeping(path, () => readFileSync(path))
  if (console.length < least) {
    throw new EnvironmentError(
      `${path}: expected ${least} bytes of console, got ${console.length}: is the disk full?`,
    )
  }
  return console
}
