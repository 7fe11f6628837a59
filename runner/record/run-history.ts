import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { makeFolders } from '../make-folders.js'
import { userFolder } from '../user-folder.js'

/** How long and how many results folders are kept. */
interface Keeping {
  readonly days: number
  readonly count: number
}

const kept = {
  /** What `guise run` and the library's run() leave. */
  runs: { days: 30, count: 200 },
  /** What guests leave that are booted to answer a question: of explain, dump and baseline. */
  asides: { days: 1, count: 20 },
} as const satisfies Record<string, Keeping>

/** See `kept`. */
export type ResultsKind = keyof typeof kept

const dayMs = 24 * 60 * 60 * 1000

// 2026-11-25T210215.123Z-4711, and -2 behind it where one process makes two in a millisecond.
const folderName = /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-\d+(?:-\d+)?$/

/**
 * Makes a results folder of its own under XDG_STATE_HOME, and removes those that are too old or too many.
 *
 * @throws whatever the file system does
 */
export function makeOwnFolder(kind: ResultsKind, now: Date): string {
  const parent = join(stateFolder(), kind)
  makeFolders(parent)
  const path = makeUnique(join(parent, `${now.toISOString().replaceAll(':', '')}-${process.pid}`))
  for (const name of outdated(readdirSync(parent), kept[kind], now)) remove(join(parent, name))
  return path
}

/** The names, of results folders and whatever else lies beside them, that are not kept any more. */
export function outdated(names: readonly string[], { days, count }: Keeping, now: Date): string[] {
  const made = names
    .map(name => ({ name, time: timeOf(name) }))
    .filter(({ time }) => !Number.isNaN(time))
    .sort((a, b) => b.time - a.time)
  return made
    .filter(({ time }, index) => index >= count || now.getTime() - time > days * dayMs)
    .map(({ name }) => name)
}

/** When a results folder was made, in ms since 1970; NaN for any other name. */
function timeOf(name: string): number {
  const [, day, hours, minutes, seconds] = folderName.exec(name) ?? []
  return Date.parse(`${day ?? ''}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}`)
}

/** The results folder of the last run: a link, which is not there before the first one. */
export function latestResultsFolder(): string {
  return join(stateFolder(), 'runs', 'latest')
}

/**
 * Links `latest` to a results folder, wherever that is.
 *
 * @throws whatever the file system does
 */
export function linkLatest(path: string): void {
  const link = latestResultsFolder()
  makeFolders(dirname(link))
  const fresh = `${link}.${process.pid}`
  rmSync(fresh, { force: true })
  symlinkSync(dirname(resolve(path)) === dirname(link) ? basename(path) : resolve(path), fresh)
  renameSync(fresh, link)
}

/** Removes a folder; one that can't be removed, such as another user's, stays. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // It is in nobody's way.
  }
}

function stateFolder(): string {
  return userFolder('state')
}

function makeUnique(path: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? path : `${path}-${number}`
    try {
      mkdirSync(name)
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
