import { performance } from 'node:perf_hooks'
import { readFileSync, writeFileSync } from 'node:fs'
import { EnvironmentError } from '../errors.js'
import { type GuestFiles, guestCommand } from '../launch/qemu-arguments.js'
import { type QemuExit, startQemu } from '../launch/qemu-process.js'
import type { Plan } from '../plan/plan.js'
import { temporaryFolder } from '../temporary-folder.js'
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
 * @throws EnvironmentError when the console could not be kept whole
 */
export async function attendGuest(
  plan: Plan,
  images: GuestImages,
  signal: AbortSignal,
  outputBytes: number = defaultOutputBytes,
): Promise<AttendedGuest> {
  await using folder = await temporaryFolder('guest')
  const { scenario, channel, extraLeaves } = plan
  let look = () => undefined as undefined
  await using report = await openReportChannel(
    channel,
    folder.path,
    extraLeaves,
    scenario.machine.cpus,
    () => look(),
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
    look()
  })
  // QEMU appends to a log that is there, and says little where it can't make one.
  createLog(images.consoleLog)
  const command = guestCommand(plan, {
    ...images,
    console: { kind: 'pty', path: pty.path, log: images.consoleLog },
    report: report.endpoint,
  })

  signal.throwIfAborted()
  const qemu = startQemu(command, text => {
    monitor.feedStderr(text, performance.now())
    look()
  })
  let endedBy: EndedBy = 'itself'
  let timer: NodeJS.Timeout | undefined
  const end = (reason: EndedBy) => {
    endedBy = reason
    look = () => undefined
    qemu.end()
  }
  look = () => {
    clearTimeout(timer)
    const now = performance.now()
    if (monitor.markerSeen) marker ??= sinceStart()
    if (monitor.markerSeen && report.isComplete()) {
      end('report')
      return
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
  clearTimeout(timer)
  signal.removeEventListener('abort', interrupt)
  if (signal.aborted) throw new InterruptedError('interrupted')
  const console = readFileSync(images.consoleLog)
  if (console.length < monitor.bytes) {
    throw new EnvironmentError(
      `${images.consoleLog}: expected ${monitor.bytes} bytes of console, got ${console.length}: is the disk full?`,
    )
  }
  const timing = { firstByte, marker, total: sinceStart() }
  return { command, endedBy, exit, console, report: report.read(), timing }
}

function createLog(path: string): void {
  try {
    writeFileSync(path, '')
  } catch (error) {
    throw new EnvironmentError(`can't keep the console: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
