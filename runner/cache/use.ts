import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolders } from '../make-folders.js'
import { cacheFolder } from './files.js'
import { type HeldLock, lockShared } from './lock.js'

/**
 * The path of the lock that every run shares while it uses the cache, and that whoever removes things from it has to have alone; made where it
 * is missing.
 */
export function makeUseLock(): string {
  const folder = cacheFolder()
  makeFolders(folder)
  const path = join(folder, 'use.lock')
  closeSync(openSync(path, 'a'))
  return path
}

/** Keeps what a run uses in the cache; a cache that cannot be written to loses nothing. */
export async function useCache(): Promise<HeldLock | null> {
  try {
    return await lockShared(makeUseLock())
  } catch {
    return null
  }
}

/** Does work that starts guests, and keeps meanwhile what it uses of the cache. */
export async function whileUsingCache<T>(work: () => Promise<T>): Promise<T> {
  const held = await useCache()
  try {
    return await work()
  } finally {
    await held?.[Symbol.asyncDispose]()
  }
}
