import { randomBytes } from 'node:crypto'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../../runner/errors.js'
import { makeFolders } from '../../runner/make-folders.js'
import { cacheSubfolder } from '../cache.js'
import type { FileEntry } from '../cpio.js'

/**
 * Lays files out in a folder of the cache, for programs that run from there. The folder is complete or not there; one that
 * is there is left as it is.
 *
 * @param name - names the folder by its content
 * @returns the folder's path
 * @throws EnvironmentError when the cache cannot be written
 */
export async function layOut(name: string, files: readonly FileEntry[]): Promise<string> {
  const parent = await cacheSubfolder('nested')
  const folder = join(parent, name)
  if (await stat(folder).catch(() => undefined)) return folder
  const made = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    for (const { path, mode, content } of files) {
      const file = join(made, path)
      makeFolders(dirname(file))
      await writeFile(file, content, { mode })
    }
    await rename(made, folder)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    // Another guise was faster.
    if (await stat(folder).catch(() => undefined)) return folder
    throw new EnvironmentError(
      `cannot lay out the nested host's QEMU in ${folder}: ${(error as Error).message}. Make room there, or set XDG_CACHE_HOME to a folder that can be written`,
      { cause: error },
    )
  }
  return folder
}
