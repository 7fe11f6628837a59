import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { temporaryName } from '../cache/atomic-write.js'
import { doingThere, InputError } from '../errors.js'
import { makeFolders } from '../make-folders.js'
import { type GuestFile, guestFile, guestFolder } from '../record/guest-files.js'
import { type MergedPart, mergeManifests, missingShards } from '../record/merge-runs.js'
import { guestsWithoutRecord, readRun } from '../record/read-run.js'
import { writeManifest, writeRecord } from '../record/results-folder.js'
import type { RunManifest } from '../record/run-manifest.js'
import { inWords } from '../report/words.js'
import { counted } from '../terminal/counted.js'
import { noteOnStderr } from '../terminal/standard-error.js'

/**
 * `guise merge FOLDER... --output NEW`: the results of shards, or of runs on different kernels, as those of one run. They are copied.
 *
 * @returns 0, or 3 where guests have no record
 */
export function merge(folders: readonly string[], output: string): number {
  const parts = folders.map(readRun)
  const twice = folders.find(
    (folder, place) => folders.findIndex(other => resolve(other) === resolve(folder)) !== place,
  )
  if (twice !== undefined) throw new InputError(`${twice}: expected each folder once, got it twice`)
  const manifest = mergeManifests(parts)
  if (output === '') throw new InputError('--output: expected a folder, got an empty path')
  const inside = folders.find(folder => isWithin(resolve(output), resolve(folder)))
  if (inside !== undefined)
    throw new InputError(
      `--output ${output}: expected a folder outside of ${inside}, got one in it`,
    )
  if (existsSync(output) && readdirSync(output).length > 0)
    throw new InputError(
      `--output ${output}: expected a folder that is new or empty, got one with something in it`,
    )
  const path = resolve(output)
  doingThere(output, 'merge results', () => {
    makeFolders(dirname(path))
    const temporary = temporaryName(path)
    try {
      mkdirSync(temporary)
      for (const part of parts) copyPart(part, manifest, temporary, path)
      writeManifest(temporary, manifest)
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true })
      throw error
    }
  })
  return tell(parts, output)
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function tell(parts: readonly MergedPart[], output: string): number {
  const records = parts.reduce((sum, part) => sum + part.records.length, 0)
  const lacking = parts.reduce((sum, part) => sum + guestsWithoutRecord(part).length, 0)
  const missing = missingShards(parts)
  noteOnStderr(`${counted(records, 'record')} of ${counted(parts.length, 'run')} are in ${output}`)
  if (missing.length > 0)
    noteOnStderr(
      `not there: shard ${inWords(missing)} of ${parts[0]?.manifest.shard?.count ?? 0}, and the records of its guests`,
    )
  for (const { folder, manifest } of parts.filter(({ manifest }) => manifest.ended === null))
    noteOnStderr(`${folder}: the run of ${manifest.started} was cut short, or still goes on`)
  if (lacking > 0)
    noteOnStderr(
      `${counted(lacking, 'guest')} of these runs ${lacking === 1 ? 'has' : 'have'} no record`,
    )
  return missing.length > 0 || lacking > 0 ? 3 : 0
}

/** Copies the records of a run, and what guests left beside them: consoles, also of runs that do not count, and pictures. */
function copyPart(part: MergedPart, manifest: RunManifest, to: string, path: string): void {
  for (const record of part.records) {
    const kernel = manifest.kernels.find(({ sha256 }) => sha256 === record.kernel.sha256)
    const folder = kernel?.folder ?? record.kernel.release
    makeFolders(join(to, folder))
    const from = guestFolder(part, record)
    const own = readdirSync(from, { withFileTypes: true }).filter(
      entry => entry.isFile() && entry.name.startsWith(`${record.scenario}.`),
    )
    for (const { name } of own) copyFileSync(join(from, name), join(to, folder, name))
    const moved = (file: GuestFile) => {
      const found = guestFile(part, record, file)
      return found === null ? {} : { [file]: join(path, folder, basename(found)) }
    }
    const files = { ...moved('console'), ...moved('kernelLog'), ...moved('picture') }
    writeRecord(join(to, folder), { ...record, ...files, run: manifest.run })
  }
}
