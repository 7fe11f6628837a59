import { distributionOf } from '../../images/distribution/table.js'
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InputError } from '../errors.js'
import { scenariosFolder } from '../paths.js'
import type { GuiseRecord } from '../record/schema.js'
import { latestResultsFolder } from '../record/run-history.js'
import { isTrouble } from '../report/summary.js'
import { type GuestWithoutRecord, guestsWithoutRecord, readRun } from '../record/read-run.js'
import { nearest } from '../scenario/nearest.js'
import type { RunOptions } from '../run/options.js'
import type { GuestOptions } from './run-options.js'

type Run = ReturnType<typeof readRun>

/**
 * The last `guise run`, as it lies on the disk.
 *
 * @throws InputError where there is none
 */
export function lastRun(): Run {
  const folder = latestResultsFolder()
  if (!existsSync(folder))
    throw new InputError('expected a last run, got none: `guise run` makes one')
  return readRun(folder)
}

/**
 * The records of a scenario in the last run, one for each kernel; without a name, those of all that failed.
 *
 * @throws InputError where it has none
 */
export function lastRecords(name: string | undefined): GuiseRecord[] {
  const { records } = lastRun()
  const found = records.filter(record =>
    name === undefined ? isTrouble(record) : record.scenario === name,
  )
  if (found.length > 0) return found
  if (name === undefined)
    throw new InputError('nothing failed in the last run: name a scenario of it')
  throw new InputError(
    `expected a scenario of the last run${namesIn(records, name)}, got \`${name}\``,
  )
}

/** The console of a guest that has no record, since the run was ended before it was done. */
export interface UnfinishedConsole extends GuestWithoutRecord {
  readonly path: string
}

/** The consoles that a scenario has in the last run without a record, one for each kernel. */
export function unfinishedConsoles(scenario: string): UnfinishedConsole[] {
  const run = lastRun()
  const begun = Date.parse(run.manifest.started)
  return guestsWithoutRecord(run)
    .filter(guest => guest.scenario === scenario)
    .map(guest => ({
      ...guest,
      path: join(latestResultsFolder(), guest.kernel.folder, `${scenario}.console.log`),
    }))
    .filter(({ path }) => isSince(path, begun))
}

/** Whether a file is there and was written since; an earlier run may have left one in the folder. */
function isSince(path: string, time: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity) >= time
}

// What fits into a line or two.
const mostNames = 12

/** Those that may have been meant; all, where they are few. */
function namesIn(records: readonly GuiseRecord[], name: string): string {
  const names = [...new Set(records.map(({ scenario }) => scenario))]
  if (names.length === 0) return ', which has none'
  const near = nearest(name, names)
  if (names.length <= mostNames) return ` (${names.join(', ')})`
  return near.length === 0 ? `, which has ${names.length}` : ` (such as ${near.join(', ')})`
}

/** What repeats that which failed in a run; `given`, which takes the place of what the run was given, among it. */
export function failedAgain(
  run: Run,
  given: GuestOptions,
): { words: string[]; options: GuestOptions; only: RunOptions['only'] } {
  const { manifest, records } = run
  // What it did not come to, interrupted or stopped after a failure, is still to be done.
  const failed = [...records.filter(isTrouble), ...guestsWithoutRecord(run)]
  const words = failed.flatMap(({ scenario, file }) =>
    file === null ? [] : [wordOf(scenario, file)],
  )
  const only = new Map<string, string[]>()
  for (const { kernel, scenario } of failed) {
    const spec = kernelFrom(manifest.cwd, kernel.spec)
    only.set(spec, [...(only.get(spec) ?? []), scenario])
  }
  // On kernels that the run had not, all that failed on any is run.
  return {
    words: [...new Set(words)],
    options: { kernel: [...only.keys()], ...asItWas(manifest, given) },
    only,
  }
}

/** The word of the command line that means a scenario of a run, and no other of its file. */
export function wordOf(scenario: string, file: string): string {
  return dirname(file) === scenariosFolder ? scenario : `${file}:${scenario}`
}

/** The options that a run had, apart from its kernels; `given` takes their place. */
export function asItWas({ options, cwd }: Run['manifest'], given: GuestOptions): GuestOptions {
  const { accelerator, qemu, channel, clock, fullConsole, allowHostFiles, totalMs, jobs } = options
  const here = (path: string) => (path.includes('/') ? resolve(cwd, path) : path)
  return {
    jobs,
    ...(qemu === null ? {} : { qemu: here(qemu) }),
    ...(channel === null ? {} : { channel }),
    ...(clock === null ? {} : { clock }),
    ...(fullConsole ? { fullConsole } : {}),
    ...(allowHostFiles ? { allowHostFiles } : {}),
    ...(totalMs === null ? {} : { timeout: totalMs / 1000 }),
    ...given,
    accel: given.accel === 'auto' ? accelerator : given.accel,
  }
}

/** A path is relative to the folder that the run was started in. */
export function kernelFrom(cwd: string, spec: string): string {
  return distributionOf(spec) ? spec : resolve(cwd, spec)
}
