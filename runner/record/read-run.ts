import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError } from '../errors.js'
import type { GuiseRecord } from './schema.js'
import { manifestPath, type RunManifest, runManifestSchema } from './run-manifest.js'
import { counted } from '../terminal/counted.js'
import { readJson, readRecord } from './read-record.js'

/** A run as it lies on the disk. */
export interface RunOnDisk {
  /** The folder that it lies in; without a manifest, that of the records themselves. */
  readonly folder: string
  /** null: these are records without a run.json, such as copies. */
  readonly manifest: RunManifest | null
  /** In the order of the run; fewer than planned if it was interrupted. */
  readonly records: readonly GuiseRecord[]
}

/**
 * Reads a run's results folder: the records of that run alone, whatever earlier runs left in the folder.
 *
 * @throws InputError for a folder that has no run.json, and for results that can't be read
 */
export function readRun(folder: string): RunOnDisk & { readonly manifest: RunManifest } {
  const manifest = readManifest(folder)
  if (manifest === null) {
    throw new InputError(`${folder}: expected the results of \`guise run\`, got no run.json there`)
  }
  return { folder, manifest, records: recordsOf(folder, manifest) }
}

/**
 * Reads all runs in a folder and the folders below it. Where there is no run.json every `.json` is a record.
 *
 * @throws InputError for what can't be read
 */
export function readRuns(folder: string): RunOnDisk[] {
  const manifest = readManifest(folder)
  if (manifest !== null) return [{ folder, manifest, records: recordsOf(folder, manifest) }]
  const entries = listed(folder)
  const records = entries
    .filter(entry => !entry.isDirectory() && entry.name.endsWith('.json'))
    .map(({ name }) => readRecord(join(folder, name)))
  const below = entries
    .filter(entry => entry.isDirectory())
    .flatMap(({ name }) => readRuns(join(folder, name)))
  return records.length > 0 ? [{ folder, manifest, records }, ...below] : below
}

/** A guest that a run was to have and has no record of: it was interrupted, failed fast, or lost some. */
export interface GuestWithoutRecord {
  readonly scenario: string
  /** Absolute; null where the scenario has none. */
  readonly file: string | null
  readonly kernel: RunManifest['kernels'][number]
}

/** What a run did not come to. */
export function guestsWithoutRecord({
  manifest,
  records,
}: Pick<RunOnDisk, 'manifest' | 'records'>): GuestWithoutRecord[] {
  if (manifest === null) return []
  const { kernels, scenarios, cwd } = manifest
  const keyOf = (scenario: string, sha256: string) => `${scenario} ${sha256}`
  const done = new Set(records.map(({ scenario, kernel }) => keyOf(scenario, kernel.sha256)))
  return kernels.flatMap(kernel =>
    scenarios
      .filter(({ name }) => kernel.scenarios?.includes(name) ?? true)
      .filter(({ name }) => !done.has(keyOf(name, kernel.sha256)))
      .map(({ name, file }) => ({
        scenario: name,
        file: file === '' ? null : resolve(cwd, file),
        kernel,
      })),
  )
}

/** What a run has no record of, and why. */
export interface Lack {
  /** Those whose names are known. */
  readonly guests: readonly GuestWithoutRecord[]
  /** How many there are, with those of shards that are not there. */
  readonly count: number
  readonly why: string
}

/** The guests that should have a record, and have none; not those that `--fail-fast` left out. */
export function lackOf(run: RunOnDisk): Lack {
  const { manifest } = run
  const without = guestsWithoutRecord(run)
  const shards = manifest?.lacks
  const isLost = manifest !== null && manifest.ended !== null && without.length > manifest.notRun
  const isOpen = manifest?.ended === null
  const guests = isLost || isOpen ? without : []
  const why = [
    ...(shards === undefined
      ? []
      : [`shard ${shards.shards.join(', ')} of ${shards.count} is not there`]),
    ...(guests.length === 0
      ? []
      : [isLost ? 'records were lost' : 'the run was cut short, or still goes on']),
  ].join('; ')
  return { guests, count: guests.length + (shards?.guests ?? 0), why }
}

/** What is missing of runs, a sentence each; none of whole ones. */
export function lackingOf(runs: readonly RunOnDisk[]): string[] {
  return runs.flatMap(run => {
    const { count, why } = lackOf(run)
    if (count === 0) return []
    return [
      `${run.folder}: ${counted(count, 'guest')} ${count === 1 ? 'has' : 'have'} no record: ${why}`,
    ]
  })
}

function readManifest(folder: string): RunManifest | null {
  const path = manifestPath(folder)
  return existsSync(path)
    ? readJson(path, runManifestSchema, 'a run as `guise run` writes it')
    : null
}

function recordsOf(folder: string, { run, kernels, scenarios }: RunManifest): GuiseRecord[] {
  return kernels
    .flatMap(kernel => scenarios.map(({ name }) => join(folder, kernel.folder, `${name}.json`)))
    .filter(path => existsSync(path))
    .map(readRecord)
    .filter(record => record.run === run)
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw new InputError(
      `${folder}: expected a folder of records, got: ${(error as Error).message}`,
      { cause: error },
    )
  }
}
