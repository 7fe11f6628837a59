import { existsSync } from 'node:fs'
import { distributionOf } from '../../images/distribution/table.js'
import { readSide } from '../compare/read-side.js'
import { type Side, subjectOfRecord } from '../compare/subject.js'
import { InputError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import { asLines } from '../report/setup-progress.js'
import { askedQemu } from '../run/find-qemu.js'
import type { FullRunOptions } from '../run/options.js'
import { resolveKernels } from '../run/resolve-kernels.js'
import type { Scenario } from '../scenario/scenario.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import type { CompareOptions } from './compare-options.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runWithProgress } from './run-with-progress.js'

const qemuPrefix = 'qemu:'

/** A side that is there already, or how to come by it. */
export type AskedSide =
  { readonly side: Side } | { readonly name: string; readonly more: GuestOptions }

/** What the name of a side means: results that lie there, or a kernel or QEMU to be run. */
export function askedFor(name: string, { kernel, qemu }: CompareOptions): AskedSide {
  if (name.startsWith(qemuPrefix)) {
    if (qemu !== undefined) throw new InputError(`--qemu: expected none beside ${name}`)
    return { name, more: { accel: 'auto', qemu: name.slice(qemuPrefix.length) } }
  }
  const side = readSide(name)
  if (side !== null) return { side }
  if (distributionOf(name) === undefined && !existsSync(name)) {
    throw new InputError(
      `${name}: expected a kernel, qemu:SPEC, or a folder or file of records or baselines, got nothing of that name; a revision needs --tree`,
    )
  }
  if (kernel !== undefined)
    throw new InputError(`--kernel: expected none beside the kernel ${name}`)
  return { name, more: { accel: 'auto', kernel: [name] } }
}

/** What guests are run with. */
export interface Means {
  readonly scenarios: readonly Scenario[]
  readonly options: CompareOptions
  readonly signal: AbortSignal
}

/** Has what the second side takes before the first one is run, which may take an hour. */
export async function checkAhead(
  asked: AskedSide,
  { scenarios, options, signal }: Means,
): Promise<void> {
  if ('side' in asked) return
  const run = runOptionsOf({ ...options, ...asked.more }, scenarios, 'asides', signal)
  const onProgress = asLines(noteOnStderr)
  await askedQemu(run.qemu, { signal, onProgress })
  await resolveKernels(run, onProgress)
}

/** @param folder - for its records, below the one that the user may have named */
export async function sideOf(asked: AskedSide, means: Means, folder: string): Promise<Side> {
  if ('side' in asked) return asked.side
  const { name, more } = asked
  const { accel } = means.options
  return bootSide(name, { ...means.options, ...more, accel }, means, folder)
}

/** Runs the scenarios of a side. */
export async function bootSide(
  name: string,
  options: GuestOptions,
  { scenarios, signal }: Means,
  folder: string,
): Promise<Side> {
  noteOnStderr(`running ${name}`)
  const output = options.output === undefined ? {} : { output: `${options.output}/${folder}` }
  const run: FullRunOptions = runOptionsOf({ ...options, ...output }, scenarios, 'asides', signal)
  const records: readonly GuiseRecord[] = await runWithProgress(run)
  return { name, subjects: records.map(subjectOfRecord) }
}
