import pLimit from 'p-limit'
import { buildInitramfs } from '../images/initramfs.js'
import type { Kernel } from '../images/kernel/kernel.js'
import { resolveKernel } from '../images/kernel/resolve.js'
import { makeFingerprint } from './fingerprint.js'
import { InterruptedError } from './console/attend.js'
import { removeStaleGuestFolders } from './console/guest-folder.js'
import type { AcceleratorChoice } from './launch/choose-accelerator.js'
import { Kvm } from './launch/kvm.js'
import { findQemu } from './launch/qemu.js'
import { guestInit } from './paths.js'
import { GuestPlaces } from './places.js'
import { refuseHostFiles } from './plan/host-files.js'
import type { PlanTarget } from './plan/plan.js'
import type { GuiseRecord } from './report/record-schema.js'
import type { RunHeading } from './report/reporter.js'
import { kernelFolder, makeResultsFolder, writeRecord } from './report/results-folder.js'
import { asLines } from './report/setup-progress.js'
import type { RunResult } from './run-guest.js'
import { type RunContext, runScenario } from './run-scenario.js'
import type { Scenario } from './scenario/scenario.js'

/** What to run, and how. */
export interface RunOptions {
  readonly scenarios: readonly Scenario[]
  /** Kernels as the user names them (DESIGN.md, section 9: KERNEL SPEC). */
  readonly kernels: readonly string[]
  /** What runs the guests; `auto` chooses for each scenario. */
  readonly accelerator: AcceleratorChoice
  /** The QEMU binary; without it the one in PATH. */
  readonly qemu?: string | undefined
  /** How many guests run at a time. */
  readonly jobs: number
  /** The folder for records and consoles; without it one under XDG_STATE_HOME. */
  readonly output?: string | undefined
  readonly channel?: PlanTarget['channel']
  /** Lets scenarios name files and devices of this machine; without it they are refused. */
  readonly allowHostFiles?: boolean | undefined
  readonly fullConsole?: PlanTarget['fullConsole']
  readonly unjudged?: PlanTarget['unjudged']
  /** The total deadline of each guest, in milliseconds; without it the accelerator's. */
  readonly totalMs?: number | undefined
  /** Ends the run: guests are ended, records that are made stay. */
  readonly signal: AbortSignal
}

/** What a run tells while it goes on. */
export interface RunEvents {
  /** Something that takes time, such as a download. */
  readonly onNote?: (text: string) => void
  /** Before the first guest. */
  readonly onHeading?: (heading: RunHeading) => void
  readonly onGuestStart?: (scenario: string) => void
  /** A record is made and on the disk; in the order in which guests end. */
  readonly onGuestEnd?: (record: GuiseRecord) => void
  /** The same records, in the order of the scenarios. */
  readonly onRecord?: (result: RunResult) => void
}

/**
 * Runs scenarios on kernels and returns the records, in order: kernel by kernel, scenario by scenario.
 *
 * @throws InputError for a kernel that is none
 * @throws EnvironmentError when the machine lacks QEMU, space or a mirror
 * @throws InterruptedError when `signal` is aborted; the records that were made are on the disk
 */
export async function run(options: RunOptions, events: RunEvents = {}): Promise<GuiseRecord[]> {
  const { scenarios, signal } = options
  if (options.allowHostFiles !== true) refuseHostFiles(scenarios)
  const output = makeResultsFolder(options.output, new Date())
  removeStaleGuestFolders(Date.now())
  const qemu = await findQemu(options.qemu)
  const kernels: Kernel[] = []
  const onProgress = asLines(text => events.onNote?.(text))
  for (const spec of options.kernels) {
    kernels.push(await resolveKernel(spec, { signal, onProgress }))
  }
  const kvm = new Kvm(qemu, options.accelerator, text => events.onNote?.(text))
  await kvm.check()
  const initramfs = await buildInitramfs({ init: guestInit })
  const fingerprint = makeFingerprint(qemu, initramfs.sha256)
  events.onHeading?.({
    kernels: kernels.map(({ version, release, spec }) => `${version} (${release}, ${spec})`),
    qemuVersion: qemu.version,
    accelerator: options.accelerator,
    total: kernels.length * scenarios.length,
    output,
  })

  const records: GuiseRecord[] = []
  const inOrder = new InOrder<RunResult>(result => {
    records.push(result.record)
    events.onRecord?.(result)
  })
  const limit = pLimit(options.jobs)
  const stop = new AbortController()
  const anyEnd = AbortSignal.any([signal, stop.signal])
  await using places = new GuestPlaces({
    jobs: options.jobs,
    signal: anyEnd,
    onNote: text => events.onNote?.(text),
  })
  const context: RunContext = {
    accelerator: options.accelerator,
    kvm,
    qemu,
    initramfs,
    modules: [...new Set(scenarios.flatMap(({ kernel }) => kernel.modules))],
    fingerprint,
    target: options,
    places,
    signal: anyEnd,
    onStart: name => events.onGuestStart?.(name),
    onNote: text => events.onNote?.(text),
  }
  const labels = kernelLabels(kernels)
  const jobs = kernels.flatMap((kernel, place) =>
    scenarios.map((scenario, index) =>
      limit(async () => {
        if (anyEnd.aborted) throw new InterruptedError('interrupted')
        const folder = kernelFolder(output, labels[place] ?? kernel.release)
        const result = await runScenario(scenario, kernel, folder, context)
        writeRecord(folder, result.record)
        events.onGuestEnd?.(result.record)
        inOrder.put(place * scenarios.length + index, result)
      }),
    ),
  )
  try {
    await allOrFirstError(jobs, stop)
  } finally {
    inOrder.passTheRest()
  }
  return records
}

/** Waits for every job; the first that throws ends the others, so that no guest outlives the run. */
async function allOrFirstError(jobs: Promise<void>[], stop: AbortController): Promise<void> {
  const errors: unknown[] = []
  await Promise.all(
    jobs.map(job =>
      job.catch((error: unknown) => {
        errors.push(error)
        stop.abort()
      }),
    ),
  )
  if (errors.length > 0) throw errors[0]
}

/** Folder names for kernels: the release, with a piece of the digest where two kernels share one. */
function kernelLabels(kernels: readonly Kernel[]): string[] {
  return kernels.map(({ release, sha256 }) => {
    const shared = kernels.filter(other => other.release === release).length > 1
    return shared ? `${release}-${sha256.slice(0, 8)}` : release
  })
}

/** Passes items on by their number, each as soon as all before it have been. */
class InOrder<T> {
  readonly #waiting = new Map<number, T>()
  readonly #pass: (item: T) => void
  #next = 0

  constructor(pass: (item: T) => void) {
    this.#pass = pass
  }

  put(number: number, item: T): void {
    this.#waiting.set(number, item)
    for (let next = this.#waiting.get(this.#next); next !== undefined;) {
      this.#waiting.delete(this.#next)
      this.#next += 1
      this.#pass(next)
      next = this.#waiting.get(this.#next)
    }
  }

  /** Passes on those whose turn never came, because one before them will not come. */
  passTheRest(): void {
    const rest = [...this.#waiting].sort(([a], [b]) => a - b)
    this.#waiting.clear()
    for (const [, item] of rest) this.#pass(item)
  }
}
