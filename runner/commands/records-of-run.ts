import { InputError } from '../errors.js'
import {
  type GuestWithoutRecord,
  guestsWithoutRecord,
  readRuns,
  type RunOnDisk,
} from '../record/read-run.js'
import type { GuiseRecord } from '../record/schema.js'
import type { GuestOptions } from './run-options.js'
import { scenariosFor } from './catalogue.js'

/** What a run on the disk has of the scenarios that were asked for. */
export interface RecordsOfRun {
  readonly records: readonly GuiseRecord[]
  readonly absent: readonly GuestWithoutRecord[]
  /** What is missing of it whose names are not known: shards, a sentence each. */
  readonly lacking: readonly string[]
  /** All scenarios of the run, whether they were asked for or not. */
  readonly known: ReadonlySet<string>
}

/**
 * Reads the records of a run, of all scenarios or of those that words and `--filter` choose.
 *
 * @throws InputError for a folder without records, and for a word of which the run has no scenario
 */
export async function recordsOfRun(
  folder: string,
  words: readonly string[],
  filter: string | undefined,
): Promise<RecordsOfRun> {
  const runs = readRuns(folder)
  const known = new Set(runs.flatMap(scenariosOf))
  if (known.size === 0) throw new InputError(`${folder}: expected records, got none`)
  const chosen = new Set<string>()
  const isNarrowed = words.length > 0 || filter !== undefined
  // By each word alone: one of which nothing is there must not hide behind another.
  for (const word of words.length > 0 ? words : isNarrowed ? [undefined] : []) {
    const scenarios = await scenariosFor(word === undefined ? [] : [word], filter)
    const found = scenarios.map(({ name }) => name).filter(name => known.has(name))
    if (found.length === 0) {
      throw new InputError(
        `${word ?? `--filter ${filter ?? ''}`}: expected a scenario of the run ${folder}, got none that it has`,
      )
    }
    for (const name of found) chosen.add(name)
  }
  const isChosen = (scenario: string) => !isNarrowed || chosen.has(scenario)
  return {
    records: runs.flatMap(({ records }) => records).filter(({ scenario }) => isChosen(scenario)),
    absent: runs.flatMap(guestsWithoutRecord).filter(({ scenario }) => isChosen(scenario)),
    lacking: runs.flatMap(({ folder, manifest }) => {
      const lacks = manifest?.lacks
      return lacks === undefined
        ? []
        : [`${folder}: shard ${lacks.shards.join(', ')} of ${lacks.count} is not there`]
    }),
    known,
  }
}

function scenariosOf({ manifest, records }: RunOnDisk): string[] {
  const planned = manifest?.scenarios.map(({ name }) => name) ?? []
  return [...planned, ...records.map(({ scenario }) => scenario)]
}

/** @throws InputError for what says how guests are to be run, where a run's records are taken */
export function refuseGuestOptions(options: GuestOptions): void {
  const { kernel, accel, qemu, jobs, output, timeout, channel, clock } = options
  const { fullConsole, allowHostFiles } = options
  const given = {
    '--kernel': kernel,
    '--accel': accel === 'auto' ? undefined : accel,
    '--qemu': qemu,
    '--jobs': jobs,
    '--output': output,
    '--timeout': timeout,
    '--channel': channel,
    '--clock': clock,
    '--full-console': fullConsole,
    '--allow-host-files': allowHostFiles,
  }
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  if (name !== undefined)
    throw new InputError(`${name}: expected none beside --run, whose guests have run`)
}
