import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import envPaths from 'env-paths'
import { EnvironmentError } from '../errors.js'
import type { GuiseRecord } from './record-schema.js'

// Runs that nobody gave an output folder of their own; the oldest go when there are more.
const keptRuns = 20

/**
 * Makes the folder for a run's records and consoles: `asked`, or one of its own under XDG_STATE_HOME with the link
 * `latest` to it.
 *
 * @throws EnvironmentError when it can't be made or written to
 */
export function makeResultsFolder(asked: string | undefined, now: Date): string {
  const path =
    asked ?? join(stateFolder(), `${now.toISOString().replaceAll(':', '')}-${process.pid}`)
  return explaining(path, () => {
    makeFolders(path)
    // An unwritable folder is better found now than after the first guest.
    const trial = join(path, `.trial-${process.pid}`)
    writeFileSync(trial, '')
    rmSync(trial)
    if (asked === undefined) keepLatest(path)
    return path
  })
}

/** Where a kernel's consoles and records are kept; made when it is not there. */
export function kernelFolder(output: string, label: string): string {
  const path = join(output, label)
  return explaining(path, () => {
    makeFolders(path)
    return path
  })
}

/** Writes a record beside its console, whole or not at all. */
export function writeRecord(folder: string, record: GuiseRecord): void {
  writeResult(join(folder, `${record.scenario}.json`), `${JSON.stringify(record, null, 2)}\n`)
}

/**
 * Writes a file of results, whole or not at all.
 *
 * @throws EnvironmentError when it can't be written
 */
export function writeResult(path: string, content: string): void {
  const partial = `${path}.${process.pid}.partial`
  explaining(path, () => {
    try {
      writeFileSync(partial, content)
      renameSync(partial, path)
    } catch (error) {
      rmSync(partial, { force: true })
      throw error
    }
  })
}

/** The folder of the newest run that was given no folder of its own. */
export function latestResultsFolder(): string {
  return join(stateFolder(), 'latest')
}

function stateFolder(): string {
  return join(envPaths('guise', { suffix: '' }).log, 'runs')
}

function keepLatest(path: string): void {
  const folder = dirname(path)
  const link = join(folder, 'latest')
  const fresh = `${link}.${process.pid}`
  symlinkSync(basename(path), fresh)
  renameSync(fresh, link)
  const runs = readdirSync(folder)
    .filter(name => /^\d{4}-/.test(name))
    .sort()
  for (const name of runs.slice(0, -keptRuns)) {
    // Another guise may be tidying up, too.
    if (existsSync(join(folder, name))) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function explaining<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new EnvironmentError(
      `${path}: expected to write results there, got: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** `mkdir -p`. Node's own, asked for a folder in /proc, never returns. */
function makeFolders(path: string): void {
  if (existsSync(path)) return
  makeFolders(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another guise may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
