import { InterruptedError } from '../errors.js'
import { cpuUseOf, machineUse } from '../launch/cpu-use.js'
import type { QemuExit } from '../launch/qemu-process.js'
import type { Clock } from '../plan/clock.js'
import type { CpuMeter } from './cpu-meter.js'
import type { ConsoleMonitor, EndedBy } from './monitor.js'
import type { GuestSamples } from './look/sample-guest.js'
import type { GuestReport } from './protocol/report.js'
import type { Picture, Untaken } from './screen/picture.js'
import type { StartedGuest } from './started-guest.js'

/**
 * How often a guest is looked at, in milliseconds. On real time shorter than the 40 ms in which check_timer() counts ticks
 * (arch/x86/kernel/apic/io_apic.c), so that a stall of those is told from short waits that add up: 1 % of a CPU. On virtual time
 * often enough to see any QEMU that lives, since its firmware alone takes longer.
 */
const sampleMs: Readonly<Record<Clock, number>> = { real: 20, virtual: 100 }
// What the machine says takes longer the more CPUs it has.
const machineMs = 100

/** How a guest that was watched came to its end. */
export interface Watched {
  readonly endedBy: EndedBy
  readonly exit: QemuExit
  /** The report, where it was seen to be whole while the guest was up. */
  readonly report: GuestReport | null
  readonly markerAt: number | null
  /** Where its CPUs were as it stood still; null where nobody looked. */
  readonly samples: GuestSamples | null
  /** What it showed when its report was whole; null where nobody takes a picture of that. */
  readonly picture: Picture | Untaken | null
}

/** What is measured of a guest's time. */
export interface GuestTime {
  readonly meter: CpuMeter
  readonly clock: Clock
  /** What its deadlines are counted in, in milliseconds: as `performance.now()`, or less. */
  readonly time: () => number
}

/**
 * Watches a guest until QEMU is gone, and ends it when it is time.
 *
 * @param listen - takes what is to be called whenever something came in
 * @param alsoAt - of a guest that can be looked at, an address whose instruction is wanted
 * @throws InterruptedError if the signal is aborted
 */
export async function watchGuest(
  guest: StartedGuest,
  monitor: ConsoleMonitor,
  { meter, clock, time }: GuestTime,
  signal: AbortSignal,
  listen: (onNews: () => void) => void,
  alsoAt: () => bigint | null = () => null,
): Promise<Watched> {
  let endedBy: EndedBy = 'itself'
  let markerAt: number | null = null
  let report: GuestReport | null = null
  let samples: GuestSamples | null = null
  let picture: Watched['picture'] =
    guest.screen === undefined ? null : { untaken: 'the guest was over before that' }
  let timer: NodeJS.Timeout | undefined
  let machineDueAt = 0
  const sample = () => {
    const pid = guest.pid()
    if (pid === undefined) return
    const now = performance.now()
    const due = now >= machineDueAt
    if (due) machineDueAt = now + machineMs
    meter.sample(cpuUseOf(pid), due ? machineUse() : null, now)
  }
  sample()
  const sampler = setInterval(sample, sampleMs[clock])
  const stopLooking = () => {
    clearTimeout(timer)
    listen(() => undefined)
  }
  const end = (reason: EndedBy) => {
    stopLooking()
    sample()
    endedBy = reason
    guest.end()
  }
  const sampleAndEnd = async (reason: EndedBy, sample: NonNullable<StartedGuest['sample']>) => {
    stopLooking()
    // What is not seen is not told.
    samples = await sample(alsoAt).catch(() => null)
    if (!signal.aborted) end(reason)
  }
  // Anything may print the marker, so the report counts; one that says it is whole and is damaged stays so.
  let reading: Promise<void> | null = null
  const readReport = async () => {
    const read = await guest.report()
    if (!read.complete) return
    const taken = (await guest.screen?.take().catch(untaken)) ?? null
    // It may have been ended meanwhile.
    if (endedBy !== 'itself' || signal.aborted) return
    report = read
    picture = taken
    end('report')
  }
  // Where the report can't be read, QEMU's end or the host's tells why.
  const readOnce = () => (reading ??= readReport().catch(() => undefined))
  void guest.screen?.over.then(async () => {
    await reading
    // All that will ever be in it is there now.
    await readReport().catch(() => undefined)
    if (endedBy === 'itself') guest.screen?.quit()
  })
  const look = () => {
    clearTimeout(timer)
    if (monitor.markerSeen) {
      markerAt ??= performance.now()
      if (guest.mayHaveReported()) void readOnce()
    }
    // How long it has waited may be known better than at the last sample.
    if (monitor.ending(time()) !== null) sample()
    const reason = monitor.ending(time())
    if (reason === 'silence' && guest.sample) void sampleAndEnd(reason, guest.sample)
    else if (reason !== null) end(reason)
    else timer = setTimeout(look, Math.max(1, monitor.nextCheckAt() - time()))
  }
  const interrupt = () => {
    end('itself')
  }
  signal.addEventListener('abort', interrupt)
  listen(look)
  look()
  // What came while the guest was started has told no listener.
  if (signal.aborted) interrupt()
  try {
    const exit = await guest.exited
    if (signal.aborted) throw new InterruptedError('interrupted')
    return { endedBy, exit, report, markerAt, samples, picture }
  } finally {
    clearInterval(sampler)
    stopLooking()
    signal.removeEventListener('abort', interrupt)
  }
}

function untaken(error: unknown): Untaken {
  return { untaken: (error as Error).message }
}
