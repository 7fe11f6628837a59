import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { readBaseline } from '../baseline/store.js'
import { InputError } from '../errors.js'
import { lackingOf, readRuns } from '../record/read-run.js'
import { readRecord } from '../record/read-record.js'
import { manifestPath } from '../record/run-manifest.js'
import { fidelities } from '../scenario/outcome.js'
import { type Side, type Subject, subjectOfBaseline, subjectOfRecord } from './subject.js'

/** The file that each folder of baselines may have beside them is no baseline. */
const baselineName = /\.txt$/

/**
 * Reads results that lie on the disk: the folder of a run, or of records; one record (.json); a folder of baselines, or of one series
 * of them; one baseline (.txt). Null where there is nothing of these, so that it may be a kernel.
 *
 * @throws InputError for results that can't be read
 */
export function readSide(path: string): Side | null {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return null
  if (found.isFile()) return fileSide(path)
  if (!found.isDirectory()) return null
  if (isResults(path)) {
    const runs = readRuns(path)
    const records = runs.flatMap(each => each.records)
    return { name: path, subjects: records.map(subjectOfRecord), lacks: lackingOf(runs) }
  }
  const baselines = filesIn(path).filter(name => baselineName.test(name))
  const subjects = baselines.flatMap(name => baselineAt(join(path, name)) ?? [])
  return subjects.length === 0 ? null : { name: path, subjects }
}

function fileSide(path: string): Side | null {
  if (path.endsWith('.json')) return { name: path, subjects: [subjectOfRecord(readRecord(path))] }
  if (!baselineName.test(path)) return null
  const subject = baselineAt(path)
  if (subject !== null) return { name: path, subjects: [subject] }
  throw new InputError(
    `${path}: expected a baseline, SERIES/FIDELITY/VENDOR/SCENARIO.txt, got another path`,
  )
}

/** Whether a folder has a run in it, or records; a kernel tree has neither. */
function isResults(path: string): boolean {
  if (existsSync(manifestPath(path))) return true
  // A kernel's tree may have JSON somewhere below it.
  return !existsSync(join(path, 'Makefile')) && hasRecords(path)
}

function hasRecords(path: string): boolean {
  const entries = readdirSync(path, { withFileTypes: true })
  const [folders, files] = [true, false].map(folder =>
    entries.filter(entry => entry.isDirectory() === folder).map(({ name }) => name),
  )
  if (files?.some(name => name.endsWith('.json') && !name.startsWith('guise-'))) return true
  return folders?.some(name => hasRun(join(path, name))) === true
}

/** Whether a folder is one of a run, or of a kernel's records in one. */
function hasRun(path: string): boolean {
  return (
    existsSync(manifestPath(path)) ||
    readdirSync(path).some(name => /^[a-z0-9-]+\.json$/.test(name))
  )
}

function filesIn(path: string): string[] {
  // As deep as baselines lie, and no deeper: what is below a kernel tree is none.
  const deep = (folder: string, levels: number): string[] =>
    readdirSync(join(path, folder), { withFileTypes: true }).flatMap(entry => {
      const name = join(folder, entry.name)
      if (entry.isDirectory()) return levels > 0 ? deep(name, levels - 1) : []
      return entry.isFile() ? [name] : []
    })
  return deep('', 3).sort()
}

function baselineAt(path: string): Subject | null {
  const [series, level, , file] = resolve(path).split(sep).slice(-4)
  const fidelity = fidelities.find(each => each === level)
  if (series === undefined || fidelity === undefined || file === undefined) return null
  const baseline = readBaseline(path)
  const scenario = file.replace(baselineName, '')
  return baseline && subjectOfBaseline({ series, fidelity, scenario }, baseline)
}
