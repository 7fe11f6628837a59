import type { OnProgress } from '../../images/progress.js'
import { removeStaleFolders } from '../console/guest-folder.js'
import { InterruptedError } from '../errors.js'
import { refuseHostFiles } from '../launch/refuse-host-files.js'
import {
  kernelFolder,
  makeResultsFolder,
  removeIfEmpty,
  writeManifest,
  writeRecord,
} from '../record/results-folder.js'
import type { GuiseRecord } from '../record/schema.js'
import { eachOnce, qemusOf } from '../report/qemus-of.js'
import type { NotRun, RunHeading } from '../report/reporter.js'
import { asLines } from '../report/setup-progress.js'
import { takeUp } from './begun-run.js'
import { FailFast } from './fail-fast.js'
import type { OpenSite, RunGuest } from './guest-site.js'
import { holdFolders } from './hold-folders.js'
import { LocalSite } from './local-site.js'
import { makeManifest } from './manifest.js'
import { noteLatest } from './note-latest.js'
import { requireOpenFiles } from './open-files.js'
import { type FullRunOptions, guestsOf, type RunOptions, withDefaults } from './options.js'
import { resolveKernels } from './resolve-kernels.js'
import type { RunResult } from './run-guest.js'
import { tellInOrder } from './tell-in-order.js'

/** What a run tells while it goes on. */
export interface RunEvents {
  /** Something that takes time, such as a download. */
  readonly onNote?: (text: string) => void
  /** How far a download or a build is; without it, it is told as notes. */
  readonly onSetup?: OnProgress
  /** Before the first guest. */
  readonly onHeading?: (heading: RunHeading) => void
  /** With the worker of a queue that runs it. */
  readonly onGuestStart?: (scenario: string, worker: string | null) => void
  /** A record is made and on the disk; in the order in which guests end. */
  readonly onGuestEnd?: (record: GuiseRecord) => void
  /** The same records, in the order of the scenarios. */
  readonly onRecord?: (result: RunResult) => void
  /** A guest that is left out, since one before it failed; in the same order, behind the last record. */
  readonly onNotRun?: (guest: NotRun) => unknown
}

const openLocalSite: OpenSite = request => LocalSite.open(request)

/**
 * Runs scenarios on kernels and returns the records, in order: kernel by kernel, scenario by scenario; of a run that stops after a
 * failure those that there are.
 *
 * @throws InputError for bad options, for a file that is no kernel, and for a folder that another run writes to
 * @throws EnvironmentError when the machine lacks QEMU, space or a mirror
 * @throws InterruptedError when `signal` is aborted; the records that were made are on the disk
 */
export async function run(options: RunOptions, events: RunEvents = {}): Promise<GuiseRecord[]> {
  const full = withDefaults(options)
  if (full.allowHostFiles !== true) await refuseHostFiles(full.scenarios)
  requireOpenFiles(full.jobs)
  const started = new Date()
  const output = makeResultsFolder(full.output, full.kind, started)
  const held = await holdFolders(output, full.output !== undefined)
  try {
    return await runInto(output, full, started, events)
  } catch (error) {
    if (!full.signal.aborted || error instanceof InterruptedError) throw error
    throw new InterruptedError('interrupted', { cause: error })
  } finally {
    await held[Symbol.asyncDispose]()
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
  const { signal } = options
  const onNote = (text: string) => events.onNote?.(text)
  removeStaleFolders(Date.now())
  const onSetup = events.onSetup ?? asLines(onNote)
  const stop = new AbortController()
  const anyEnd = AbortSignal.any([signal, stop.signal])
  await using site = await (options.site ?? openLocalSite)({
    options,
    signal: anyEnd,
    onNote,
    onSetup,
    onStart: (name, worker) => events.onGuestStart?.(name, worker),
  })
  const kernels = await resolveKernels(options, onSetup)
  const guests = guestsOf(kernels, options)
  const resultOf = ({ kernel, scenario }: RunGuest) =>
    options.begun?.resultOf(kernel.spec, scenario.name)
  const begun = guests.flatMap(guest => resultOf(guest)?.record ?? [])
  const toRun = guests.filter(guest => resultOf(guest) === undefined)
  const fresh = makeManifest(options, kernels, started)
  const manifest = options.begun === undefined ? fresh : takeUp(options.begun.manifest, fresh)
  const { qemus, jobs } = await site.prepare(manifest.run, toRun)
  writeManifest(output, manifest)
  if (options.kind === 'runs') noteLatest(output, onNote)
  events.onHeading?.({
    kernels: kernels.map(({ version, release, spec }) => `${version} (${release}, ${spec})`),
    qemus: eachOnce([...qemus, ...qemusOf(begun)]),
    accelerator: options.accelerator,
    jobs,
    total: guests.length,
    output,
    started: new Date(manifest.started),
  })

  const folders = new Map(kernels.map((kernel, at) => [kernel, manifest.kernels[at]?.folder]))
  const failFast = new FailFast(options.failFast === true, toRun.length, onNote)
  const runOne = async (guest: RunGuest) => {
    const { scenario, kernel } = guest
    const before = resultOf(guest)
    if (before !== undefined) return before
    if (anyEnd.aborted) throw new InterruptedError('interrupted')
    const leftOut: NotRun = { scenario: scenario.name, run: manifest.run, kernel }
    if (!failFast.mayStart()) return leftOut
    const folder = kernelFolder(output, folders.get(kernel) ?? kernel.release)
    const result = await site.run(guest, folder)
    if (result === null) return leftOut
    writeRecord(folder, result.record)
    events.onGuestEnd?.(result.record)
    failFast.ended(result.record)
    if (!failFast.goesOn) site.withdraw?.()
    return result
  }
  const pieces = guests.map(guest => () => runOne(guest))
  const records: GuiseRecord[] = []
  await tellInOrder(pieces, site.limit, stop, result => {
    if (!('record' in result)) {
      events.onNotRun?.(result)
      return
    }
    records.push(result.record)
    events.onRecord?.(result)
  })
  const notRun = guests.length - records.length
  writeManifest(output, { ...manifest, notRun, ended: new Date().toISOString() })
  return records
}
