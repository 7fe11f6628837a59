import pLimit from 'p-limit'
import { buildInitramfs } from '../images/initramfs.js'
import type { OnProgress } from '../images/progress.js'
import type { Kernel } from '../images/kernel/kernel.js'
import { resolveKernel } from '../images/kernel/resolve.js'
import { makeFingerprint } from './fingerprint.js'
import { InterruptedError } from './console/attend.js'
import { removeStaleFolders } from './console/guest-folder.js'
import { InOrder } from './in-order.js'
import { Kvm } from './launch/kvm.js'
import { findQemu, type Qemu } from './launch/qemu.js'
import { refuseHostFiles } from './launch/refuse-host-files.js'
import { makeManifest } from './manifest.js'
import { requireOpenFiles } from './open-files.js'
import { guestInit } from './paths.js'
import { GuestPlaces } from './places.js'
import type { GuiseRecord } from './report/record-schema.js'
import type { GuestQemu, RunHeading } from './report/reporter.js'
import {
  kernelFolder,
  makeResultsFolder,
  removeIfEmpty,
  writeManifest,
  writeRecord,
} from './report/results-folder.js'
import { linkLatest } from './report/run-history.js'
import { asLines } from './report/setup-progress.js'
import type { RunResult } from './run-guest.js'
import { type FullRunOptions, type RunOptions, withDefaults } from './run-options.js'
import { type RunContext, runScenario } from './run-scenario.js'

/** What a run tells while it goes on. */
export interface RunEvents {
  /** Something that takes time, such as a download. */
  readonly onNote?: (text: string) => void
  /** How far a download or a build is; without it, it is told as notes. */
  readonly onSetup?: OnProgress
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
 * @throws InputError for options that can't be, and for a kernel that is none
 * @throws EnvironmentError when the machine lacks QEMU, space or a mirror
 * @throws InterruptedError when `signal` is aborted; the records that were made are on the disk
 */
export async function run(options: RunOptions, events: RunEvents = {}): Promise<GuiseRecord[]> {
  const full = withDefaults(options)
  if (full.allowHostFiles !== true) await refuseHostFiles(full.scenarios)
  requireOpenFiles(full.jobs)
  const started = new Date()
  const output = makeResultsFolder(full.output, full.kind, started)
  try {
    return await runInto(output, full, started, events)
  } catch (error) {
    if (!full.signal.aborted || error instanceof InterruptedError) throw error
    throw new InterruptedError('interrupted', { cause: error })
  } finally {
    // One that was given is the user's.
    if (full.output === undefined) removeIfEmpty(output)
  }
}

async function runInto(
  output: string,
  options: FullRunOptions,
  started: Date,
  events: RunEvents,
): Promise<GuiseRecord[]> {
  const { scenarios, signal } = options
  const onNote = (text: string) => events.onNote?.(text)
  removeStaleFolders(Date.now())
  const qemu = await findQemu(options.qemu, signal)
  const onSetup = events.onSetup ?? asLines(onNote)
  const kernels = await resolveKernels(options, onSetup)
  const kvm = new Kvm(qemu, options.accelerator, onNote, { signal })
  await kvm.check()
  const initramfs = await buildInitramfs({ init: guestInit })
  const fingerprint = makeFingerprint(qemu, initramfs.sha256)
  const manifest = makeManifest(options, kernels, started)
  writeManifest(output, manifest)
  if (options.kind === 'runs') noteLatest(output, onNote)
  events.onHeading?.({
    kernels: kernels.map(({ version, release, spec }) => `${version} (${release}, ${spec})`),
    qemus: await qemusOf(options, qemu, kvm),
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
  await using places = new GuestPlaces({ jobs: options.jobs, signal: anyEnd, onNote, onSetup })
  const context: RunContext = {
    run: manifest.run,
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
    onNote,
    onSetup,
  }
  const jobs = kernels.flatMap((kernel, place) =>
    scenarios.map((scenario, index) =>
      limit(async () => {
        if (anyEnd.aborted) throw new InterruptedError('interrupted')
        const folder = kernelFolder(output, manifest.kernels[place]?.folder ?? kernel.release)
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
  writeManifest(output, { ...manifest, ended: new Date().toISOString() })
  return records
}

/** The kernels, each once: two specs may mean the same. */
async function resolveKernels(
  { kernels, signal }: FullRunOptions,
  onProgress: OnProgress,
): Promise<Kernel[]> {
  const found = new Map<string, Kernel>()
  for (const spec of kernels) {
    const kernel = await resolveKernel(spec, { signal, onProgress })
    if (!found.has(kernel.sha256)) found.set(kernel.sha256, kernel)
  }
  return [...found.values()]
}

/** Links `latest` to the run; its results lie where they lie, so that a link which can't be made is only told. */
function noteLatest(output: string, onNote: (text: string) => void): void {
  try {
    linkLatest(output)
  } catch (error) {
    onNote(`\`latest\` is not this run: ${(error as Error).message}`)
  }
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

/** The QEMUs that the guests will be started in, the nested host's only where one of them goes there. */
async function qemusOf(
  { scenarios }: FullRunOptions,
  { version }: Qemu,
  kvm: Kvm,
): Promise<GuestQemu[]> {
  const nested = new Set<boolean>()
  for (const scenario of scenarios)
    nested.add((await kvm.choose(scenario)).accelerator === 'nested')
  const qemus: GuestQemu[] = nested.has(false) ? [{ version, nested: false }] : []
  if (!nested.has(true)) return qemus
  const { recallNestedHost } = await import('../images/nested/build.js')
  const made = await recallNestedHost().catch(() => null)
  return [...qemus, { version: made?.qemuVersion ?? null, nested: true }]
}
