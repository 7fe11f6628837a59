import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { InputError } from '../errors.js'
import { guestsWithoutRecord, type readRun } from '../record/read-run.js'
import { detailsOf } from '../report/console-end.js'
import type { Result } from '../report/whole-reporter.js'
import type { FullRunOptions } from '../run/options.js'
import { counted } from '../terminal/counted.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { guiseVersion } from '../version.js'
import { asItWas, kernelFrom, wordOf } from './last-run.js'
import type { GuestOptions } from './run-options.js'

/** What says how a run that goes on is run. */
export interface Resumed extends Pick<FullRunOptions, 'only' | 'begun'> {
  readonly words: string[]
  readonly options: GuestOptions
}

// What may stand beside --resume: nothing that makes other results.
const mayStand = [
  ...['jobs', 'format', 'failFast', 'allowSkipAll', 'bisect', 'resume'],
  ...['queue', 'queueWait'],
]

/** @throws InputError for scenarios and options that would make a run of two */
export function refuseBeside(words: readonly string[], options: object): void {
  const option = Object.entries(options).find(
    ([name, value]) => !mayStand.includes(name) && !(name === 'accel' && value === 'auto'),
  )
  const [word] = words
  if (word === undefined && option === undefined) return
  const got =
    word ?? `--${(option?.[0] ?? '').replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  throw new InputError(
    `run --resume: expected --jobs, --format or --fail-fast beside it at most, since the run goes on as it began, got \`${got}\``,
  )
}

/**
 * What goes on with a run: its scenarios, kernels and options, and what came of the guests that have a record.
 *
 * @throws InputError where a scenario of it lies in no file
 */
export async function resumed(
  run: ReturnType<typeof readRun>,
  given: GuestOptions,
): Promise<Resumed> {
  const { manifest, records } = run
  // `latest` may be another run's before this one ends.
  const folder = realpathSync(run.folder)
  const { lacks } = manifest
  if (lacks !== undefined)
    throw new InputError(
      `run --resume: expected a run with all its shards, got one that lacks shard ${lacks.shards.join(', ')} of ${lacks.count}: run it by --shard, and merge them anew`,
    )
  const nameless = manifest.scenarios.find(({ file }) => file === '')
  if (nameless !== undefined)
    throw new InputError(
      `run --resume: ${nameless.name}: expected a scenario of a file, got one of a program's own`,
    )
  if (manifest.guise !== guiseVersion())
    noteOnStderr(`the run began with guise ${manifest.guise}; this is ${guiseVersion()}`)
  const { repetition } = manifest
  if (repetition !== undefined)
    noteOnStderr(
      `this is run ${repetition.number} of ${repetition.of} of --repeat, and goes on alone: what differs is not told, and no other is begun`,
    )
  const left = guestsWithoutRecord(run).length
  noteOnStderr(
    left === 0
      ? `nothing is left of the run in ${folder}`
      : `${counted(left, 'guest')} left of ${records.length + left} of the run in ${folder}`,
  )
  // From the folder in which it began its records name kernels as they did.
  const from = (spec: string) =>
    process.cwd() === manifest.cwd ? spec : kernelFrom(manifest.cwd, spec)
  const specOf = new Map(manifest.kernels.map(({ sha256, spec }) => [sha256, from(spec)]))
  const results = new Map<string, Result>()
  for (const record of records) {
    const spec = specOf.get(record.kernel.sha256) ?? ''
    results.set(`${record.scenario} ${spec}`, { record, details: await detailsOf(run, record) })
  }
  return {
    words: manifest.scenarios.map(({ name, file }) => wordOf(name, resolve(manifest.cwd, file))),
    options: {
      ...asItWas(manifest, given),
      kernel: [...specOf.values()],
      output: folder,
    },
    only: new Map(
      manifest.kernels.flatMap(({ spec, scenarios }) =>
        scenarios === undefined ? [] : [[from(spec), scenarios]],
      ),
    ),
    begun: {
      manifest,
      resultOf: (spec, scenario) => results.get(`${scenario} ${spec}`),
    },
  }
}
