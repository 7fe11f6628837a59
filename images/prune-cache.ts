import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheContents, type CacheEntry, type CacheKind } from '../runner/cache/contents.js'
import { cacheFolder } from '../runner/cache/files.js'
import { lockIfFree } from '../runner/cache/lock.js'
import { asEnvironmentError } from '../runner/errors.js'
import { tryGit } from './kernel/build/git.js'

const dayMs = 24 * 60 * 60 * 1000

/** What of a kind was not used for some days. */
export function unused({ entries }: CacheKind, days: number): CacheEntry[] {
  const before = Date.now() - days * dayMs
  return entries.filter(({ usedMs }) => usedMs <= before)
}

/** Removes something of the cache, unless somebody uses it at the moment; an error says why that failed. */
export async function removeEntry(
  kind: string,
  { path }: CacheEntry,
): Promise<'removed' | 'used' | Error> {
  // What is built or checked out is its user's alone while it is used.
  const lock = kind === 'apt' ? join(path, 'lock') : `${path}.lock`
  try {
    const held = existsSync(lock) ? await lockIfFree(lock) : undefined
    if (held === null) return 'used'
    try {
      // Its repository knows of it, and would go on to.
      if (kind === 'worktrees')
        await tryGit(path, ['worktree', 'remove', '--force', '--force', path])
      await asEnvironmentError(`cannot remove ${path}`, () =>
        rm(path, { recursive: true, force: true }),
      )
      return 'removed'
    } finally {
      await held?.[Symbol.asyncDispose]()
    }
  } catch (error) {
    return error as Error
  }
}

// What is made again in a moment, and what takes a download or minutes.
const keptDays: Readonly<Record<string, number>> = { initramfs: 30, memo: 30, tables: 30 }
const usuallyKeptDays = 90

/** Keeps the cache from growing for ever: once a day removes what was not used for long. Nothing comes of it that fails. */
export async function pruneOnceADay(now = Date.now()): Promise<void> {
  const stamp = join(cacheFolder(), 'pruned')
  try {
    if (now - (statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0) < dayMs) return
    writeFileSync(stamp, '')
    utimesSync(stamp, now / 1000, now / 1000)
  } catch {
    // A cache that can't be written to does not grow.
    return
  }
  for (const kind of cacheContents(false)) {
    for (const entry of unused(kind, keptDays[kind.name] ?? usuallyKeptDays))
      await removeEntry(kind.name, entry)
  }
}
