import { readdirSync } from 'node:fs'
import { removeEntry, unused } from '../../images/prune-cache.js'
import { cacheContents, type CacheEntry, cacheKinds } from '../cache/contents.js'
import { cacheFolder } from '../cache/files.js'
import { lockIfFree } from '../cache/lock.js'
import { makeUseLock } from '../cache/use.js'
import { EnvironmentError, InputError } from '../errors.js'
import { inWords } from '../report/words.js'
import { counted } from '../terminal/counted.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { printable } from '../terminal/printable.js'
import { print, printJson } from './standard-output.js'

const dayMs = 24 * 60 * 60 * 1000

/** `guise cache show`: what lies in the cache, a line for each kind; its sizes are those on the disk. */
export async function cacheShow({ json }: { json?: true }): Promise<number> {
  requireReadable()
  const kinds = cacheContents(true)
  if (json === true) {
    await printJson(
      kinds.map(({ name, meaning, entries }) => ({
        kind: name,
        meaning,
        entries: entries.map(({ path, bytes, usedMs }) => ({
          path,
          bytes,
          used: new Date(usedMs).toISOString(),
        })),
      })),
      1,
    )
    return 0
  }
  const now = Date.now()
  const rows = kinds.map(({ name, meaning, entries }) => {
    const ages = entries.map(({ usedMs }) => usedMs)
    const [newest, oldest] = [Math.max(...ages), Math.min(...ages)].map(time => days(time, now))
    return [
      name,
      `${entries.length}`,
      size(sum(entries)),
      `${newest ?? ''} - ${oldest ?? ''}`,
      meaning,
    ]
  })
  const all = kinds.flatMap(({ entries }) => entries)
  const total = ['all', `${all.length}`, size(sum(all)), '', cacheFolder()]
  await print(table([['what', 'items', 'size', 'unused, days', ''], ...rows, total]))
  return 0
}

/** @throws EnvironmentError for a cache that is there and cannot be read: it holds more than nothing */
function requireReadable(): void {
  const folder = cacheFolder()
  try {
    readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new EnvironmentError(
      `${folder}: expected a folder that can be read, got: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** The options of `guise cache prune`, as commander gives them. */
export interface PruneOptions {
  /** How many days something was not used. */
  readonly older: number
  readonly dryRun?: true
}

/**
 * `guise cache prune [KIND...]`: removes what was not used for some days; what somebody uses at the moment stays.
 *
 * @returns 0; 3 where something can't be removed
 */
export async function cachePrune(
  asked: readonly string[],
  { older, dryRun }: PruneOptions,
): Promise<number> {
  requireReadable()
  const unknown = asked.find(name => !(name in cacheKinds))
  if (unknown !== undefined)
    throw new InputError(
      `cache prune: expected ${inWords(Object.keys(cacheKinds))}, got \`${unknown}\``,
    )
  // A run that goes on holds it: what it has used since it began has to stay, and reads are noted to a day (mount(8), relatime).
  await using free = await lockIfFree(makeUseLock())
  const days = free === null ? Math.max(older, 1) : older
  if (days > older)
    noteOnStderr('a run goes on, or begins: what was used within the last day stays')
  const found = cacheContents(true)
    .filter(({ name }) => asked.length === 0 || asked.includes(name))
    .map(kind => ({ ...kind, entries: unused(kind, days) }))
  let failed = 0
  const all: CacheEntry[] = []
  for (const { name, entries } of found) {
    const gone: CacheEntry[] = []
    for (const entry of entries) {
      const outcome = dryRun === true ? 'removed' : await removeEntry(name, entry)
      if (outcome === 'removed') gone.push(entry)
      else
        noteOnStderr(
          printable(outcome === 'used' ? `${entry.path}: in use, and stays` : outcome.message),
        )
      if (outcome instanceof Error) failed += 1
    }
    all.push(...gone)
    if (gone.length > 0)
      await print(`${name.padEnd(10)}  ${counted(gone.length, 'item')}, ${size(sum(gone))}\n`)
  }
  const done = dryRun === true ? 'would be removed' : 'removed'
  await print(`${counted(all.length, 'item')} ${done}, ${size(sum(all))}\n`)
  return failed > 0 ? 3 : 0
}

function sum(entries: readonly CacheEntry[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0)
}

/** `1.5 GiB`, `12 KiB`. */
function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power] ?? ''}`
}

function days(time: number, now: number): number {
  return Math.max(0, Math.floor((now - time) / dayMs))
}

/** Columns, the numbers among them to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length)),
  )
  return rows
    .map(row => {
      const cells = row.map((cell, column) =>
        column >= 1 && column <= 3
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      return `${printable(cells.join('  ')).trimEnd()}\n`
    })
    .join('')
}
