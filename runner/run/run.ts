import { buildInitramfs } from '../../images/initramfs.js'
import type { OnProgress } from '../../images/progress.js'
import { makeFingerprint } from '../record/fingerprint.js'
import { InterruptedError } from '../errors.js'
import { removeStaleFolders } from '../console/guest-folder.js'
import { startLocalGuest } from '../console/local-guest.js'
import { nestedGuests } from '../console/nested-guest.js'
import { hostVendor } from '../launch/host-vendor.js'
import { learnExecutable } from '../launch/executable.js'
import { Kvm } from '../launch/kvm.js'
import { learnNestedExecutable } from '../launch/nested/executable.js'
import { refuseHostFiles } from '../launch/refuse-host-files.js'
import { makeManifest } from './manifest.js'
import { requireOpenFiles } from './open-files.js'
import { guestInit } from '../paths.js'
import { takeUp } from './begun-run.js'
import { FailFast } from './fail-fast.js'
import { askedQemu } from './find-qemu.js'
import { holdFolders } from './hold-folders.js'
import { GuestLimit } from './guest-limit.js'
import { GuestPlaces } from './guest-places.js'
import { guestQemus } from './guest-qemus.js'
import { GuestRunner } from './guest-runner.js'
import { noteLatest } from './note-latest.js'
import { NestedHostLifetime } from './nested-host-lifetime.js'
import { type AskedGuest, refuseCpus } from './refuse-cpus.js'
import type { GuiseRecord } from '../record/schema.js'
import { eachOnce, qemusOf } from '../report/qemus-of.js'
import type { NotRun, RunHeading } from '../report/reporter.js'
import {
  kernelFolder,
  makeResultsFolder,
  removeIfEmpty,
  writeManifest,
  writeRecord,
} from '../record/results-folder.js'
import { asLines } from '../report/setup-progress.js'
import type { RunResult } from './run-guest.js'
import { type FullRunOptions, guestsOf, type RunOptions, withDefaults } from './options.js'
import { resolveKernels } from './resolve-kernels.js'
import { type RunContext, runScenario } from './run-scenario.js'
import { tellInOrder } from './tell-in-order.js'

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
  /** A guest that is left out, since one before it failed; in the same order, behind the last record. */
  readonly onNotRun?: (guest: NotRun) => unknown
}

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
  const found = await askedQemu(options.qemu, { signal, onProgress: onSetup })
  const { qemu } = found
  const kernels = await resolveKernels(options, onSetup)
  const kvm = new Kvm(qemu, options.accelerator, onNote, { signal })
  await kvm.check()
  const stop = new AbortController()
  const anyEnd = AbortSignal.any([signal, stop.signal])
  const target = { ...options, hostVendor: hostVendor() }
  const places = new GuestPlaces({
    kvm,
    found,
    named: options.qemu !== undefined,
    target,
    signal: anyEnd,
    onProgress: onSetup,
  })
  const content = { init: guestInit }
  const initramfs = await buildInitramfs(content)
  const fingerprint = makeFingerprint(qemu, initramfs.sha256)
  const guests = guestsOf(kernels, options)
  const resultOf = ({ kernel, scenario }: (typeof guests)[number]) =>
    options.begun?.resultOf(kernel.spec, scenario.name)
  const begun = guests.flatMap(guest => resultOf(guest)?.record ?? [])
  const toRun = guests.filter(guest => resultOf(guest) === undefined)
  const ahead: AskedGuest[] = []
  for (const { kernel, scenario } of toRun) {
    const place = await places.of(scenario, kernel)
    ahead.push({ scenario, place, target: { ...target, kernel } })
  }
  await refuseCpus(ahead, anyEnd)
  const fresh = makeManifest(options, kernels, started)
  const manifest = options.begun === undefined ? fresh : takeUp(options.begun.manifest, fresh)
  writeManifest(output, manifest)
  if (options.kind === 'runs') noteLatest(output, onNote)
  events.onHeading?.({
    kernels: kernels.map(({ version, release, spec }) => `${version} (${release}, ${spec})`),
    qemus: eachOnce([...(await guestQemus(ahead.map(({ place }) => place))), ...qemusOf(begun)]),
    accelerator: options.accelerator,
    jobs: { count: options.jobs, why: options.jobsWhy },
    total: guests.length,
    output,
    started: new Date(manifest.started),
  })

  const folders = new Map(kernels.map((kernel, at) => [kernel, manifest.kernels[at]?.folder]))
  const limit = new GuestLimit(options.jobs)
  await using nested = new NestedHostLifetime({ signal: anyEnd, onNote, onSetup })
  const context: RunContext = {
    run: manifest.run,
    accelerator: options.accelerator,
    kvm,
    executable: async ({ accelerator, qemu }, cpu) =>
      accelerator === 'nested'
        ? learnNestedExecutable(nested)
        : learnExecutable(qemu, accelerator, cpu, anyEnd),
    nested,
    places,
    content,
    initramfs,
    modules: [...new Set(options.scenarios.flatMap(({ kernel }) => kernel.modules))],
    fingerprint,
    target,
    runner: new GuestRunner({
      starterFor: async ({ accelerator }) =>
        accelerator === 'nested' ? nestedGuests(await nested.host()) : startLocalGuest,
      limit,
      signal: anyEnd,
      onNote,
    }),
    signal: anyEnd,
    onStart: name => events.onGuestStart?.(name),
    onSetup,
  }
  const failFast = new FailFast(options.failFast === true, toRun.length, onNote)
  const runOne = async (guest: (typeof guests)[number]) => {
    const { scenario, kernel } = guest
    const before = resultOf(guest)
    if (before !== undefined) return before
    if (anyEnd.aborted) throw new InterruptedError('interrupted')
    if (!failFast.mayStart()) return { scenario: scenario.name, run: manifest.run, kernel }
    const folder = kernelFolder(output, folders.get(kernel) ?? kernel.release)
    const result = await runScenario(scenario, kernel, folder, context)
    writeRecord(folder, result.record)
    events.onGuestEnd?.(result.record)
    failFast.ended(result.record)
    return result
  }
  const pieces = guests.map(guest => () => runOne(guest))
  const records: GuiseRecord[] = []
  await tellInOrder(pieces, limit, stop, result => {
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
