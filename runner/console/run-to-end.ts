import { readFileSync, writeFileSync } from 'node:fs'
import { doingThere, EnvironmentError, InterruptedError } from '../errors.js'
import type { QemuCommand } from '../launch/qemu-command.js'
import type { QemuExit } from '../launch/qemu-process.js'
import type { Plan } from '../plan/plan.js'
import { CpuMeter, type GuestLoad } from './cpu-meter.js'
import { type LineCount, lineCounts } from './line-counts.js'
import { instructionAddress } from './look/cpu-state.js'
import { type InterruptHistory, InterruptLog } from './look/interrupt-log.js'
import type { GuestSamples } from './look/sample-guest.js'
import { ConsoleMonitor, defaultOutputBytes, type EndedBy } from './monitor.js'
import { type Ending, outcomeOf } from './outcome.js'
import { completeMarker } from './protocol/layout.js'
import type { GuestReport } from './protocol/report.js'
import type { Picture, Untaken } from './screen/picture.js'
import type { GuestInputs, StartGuest } from './started-guest.js'
import { watchGuest } from './watch-guest.js'
import { counted } from '../terminal/counted.js'

/** All that came out of a guest. */
export interface GuestRun {
  readonly command: QemuCommand
  /** How much of its log the kernel wrote to the console in this run. */
  readonly verbosity: Plan['verbosity']
  readonly endedBy: EndedBy
  readonly exit: QemuExit
  readonly ending: Ending
  /** The raw console as it stands on the disk. */
  readonly console: Buffer
  readonly report: GuestReport
  /** What it showed; null where it was not to show anything. */
  readonly picture: Picture | Untaken | null
  /** What the preloaded object counted; nothing on real time. */
  readonly counts: readonly LineCount[]
  /** How much of its time this machine kept it waiting; null where that could not be measured. */
  readonly load: GuestLoad | null
  /** Whether another guest ran beside it in the nested host. */
  readonly hadCompany: boolean
  /** Milliseconds since the launch; null for what did not come. */
  readonly timing: { firstByte: number | null; marker: number | null; total: number }
  /** What was seen of its CPUs, where that is what it was run for: null for what was not to be had. */
  readonly look: {
    readonly samples: GuestSamples | null
    readonly interrupts: InterruptHistory | null
  } | null
}

/**
 * Starts a planned guest, watches it to its end, and collects what came out. When this returns or throws, QEMU is
 * gone, and so is every file but the console log.
 *
 * @param start - where the guest runs
 * @throws InterruptedError when `signal` is aborted
 * @throws EnvironmentError when the console could not be kept whole, or the machine has no room for a guest
 * @throws NestedHostLostError when the nested host that it ran in is lost
 */
export async function runToEnd(
  start: StartGuest,
  plan: Plan,
  images: GuestInputs,
  signal: AbortSignal,
  outputBytes: number = defaultOutputBytes,
): Promise<GuestRun> {
  if (signal.aborted) throw new InterruptedError('interrupted')
  // QEMU appends to a log that is there, and says little where it can't make one.
  doingThere(images.consoleLog, 'keep the console', () => {
    writeFileSync(images.consoleLog, '')
  })
  const meter = new CpuMeter()
  // A guest on virtual time is not late because it has to wait for a CPU.
  const time = () => performance.now() - (plan.clock.clock === 'virtual' ? meter.waitedMs : 0)
  const monitor = new ConsoleMonitor(
    {
      ...plan.deadlines,
      outputBytes,
      marker: completeMarker,
      ...(plan.look && { settled: { bytes: plan.look.consoleBytes, silenceMs: settledMs } }),
    },
    time(),
  )
  const log = plan.look && plan.accelerator === 'tcg' ? new InterruptLog() : null
  let look: () => void = () => undefined
  let pause: () => void = () => undefined
  let firstByteAt: number | null = null
  await using guest = await start(plan, images, {
    onConsole: bytes => {
      firstByteAt ??= performance.now()
      monitor.feed(bytes, time())
      // A QEMU whose terminal is full writes no more to its log either.
      if (monitor.bytes > outputBytes) pause()
      look()
    },
    onStderr: text => {
      log?.feed(text)
      monitor.feedStderr(text, time())
      look()
    },
    onReport: () => {
      look()
    },
  })
  pause = guest.pauseConsole
  const startedAt = performance.now()
  monitor.start(startedAt)
  const watched = await watchGuest(
    guest,
    monitor,
    { meter, clock: plan.clock.clock, time },
    signal,
    onNews => {
      look = onNews
    },
    () => lastException(log),
  )
  const since = (time: number | null) => (time === null ? null : Math.max(0, time - startedAt))
  const { endedBy, exit } = watched
  const console = readLog(images.consoleLog, monitor.bytes)
  const report = watched.report ?? (await guest.report())
  return {
    command: guest.command,
    verbosity: plan.verbosity,
    endedBy,
    exit,
    ending: outcomeOf({
      endedBy,
      exit,
      console: console.toString('latin1'),
      report,
      // The nested host's own threads say nothing of a guest's in it.
      ranMachine: plan.accelerator === 'nested' || meter.mostThreads > threadsWithoutMachine,
      stoppedMs: meter.stoppedMs,
    }),
    console,
    report,
    picture: watched.picture,
    counts: lineCounts(guest.counts()),
    load: meter.load,
    hadCompany: guest.hadCompany(),
    timing: {
      firstByte: since(firstByteAt),
      marker: since(watched.markerAt),
      total: performance.now() - startedAt,
    },
    look: plan.look ? { samples: watched.samples, interrupts: log?.history() ?? null } : null,
  }
}

// A guest that has already said as much as it ever did, and was waited for as long as it takes.
const settledMs = 3000

/** Where the last exception came, whose instruction is worth to be told. */
function lastException(log: InterruptLog | null): bigint | null {
  const state = log?.history().last.findLast(({ vector }) => vector < 32)?.state
  return state ? instructionAddress(state) : null
}

// QEMU's main thread and the one of its RCU are there before the machine is; each CPU brings one of its own.
const threadsWithoutMachine = 2

/** The console as QEMU kept it, of which at least `least` bytes have been seen. */
function readLog(path: string, least: number): Buffer {
  const console = doingThere(path, 'keep the console', () => readFileSync(path))
  if (console.length < least) {
    throw new EnvironmentError(
      `${path}: expected ${counted(least, 'byte')} of console, got ${console.length}: is the disk full?`,
    )
  }
  return console
}
