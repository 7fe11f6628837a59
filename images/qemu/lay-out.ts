import { createHash } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../../runner/errors.js'
import { makeFolders } from '../../runner/make-folders.js'
import { temporaryName } from '../../runner/cache/atomic-write.js'
import { cacheSubfolder } from '../../runner/cache/files.js'
import type { FileEntry } from '../cpio.js'
import { areIntact, type KnownFile } from '../../runner/cache/intact.js'

/**
 * Refuses a cache in which no QEMU can be laid out, before anything is fetched for it: its loader is told its libraries' folder by
 * `--library-path`, which has parts between colons and semicolons, and no escaping (ld.so(8)).
 *
 * @throws EnvironmentError for such a path
 */
export function refuseUnloadable(folder: string): void {
  if (!/[:;]/.test(folder)) return
  throw new EnvironmentError(
    `${folder}: expected a cache by whose path the loader finds libraries, got one with a colon or a semicolon: set XDG_CACHE_HOME to another`,
  )
}

/** A folder of the cache, with the content that its files must have. */
export interface LaidOut {
  /** Absolute path. */
  readonly path: string
  readonly files: readonly KnownFile[]
}

/**
 * Lays files out in a folder of the cache, for programs that run from there. The folder is complete or not there. One that is
 * there is left as it is if its files are intact, and made anew if not.
 *
 * @param name - names the folder by its content
 * @throws EnvironmentError when the cache cannot be written
 */
export async function layOut(name: string, files: readonly FileEntry[]): Promise<LaidOut> {
  const path = join(await cacheSubfolder('qemu'), name)
  const laidOut = { path, files: files.map(file => knownFile(path, file)) }
  if (await areIntact(laidOut.files)) return laidOut
  const made = temporaryName(path)
  try {
    for (const { path: inside, mode, content } of files) {
      const file = join(made, inside)
      makeFolders(dirname(file))
      await writeFile(file, content, { mode })
    }
    await setAside(path)
    await rename(made, path)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    // Another guise was faster.
    if (await areIntact(laidOut.files)) return laidOut
    throw new EnvironmentError(
      `cannot lay out a QEMU in ${path}: ${(error as Error).message}. Make room there, or set XDG_CACHE_HOME to a folder that can be written`,
      { cause: error },
    )
  }
  return laidOut
}

// A rename replaces no folder that has files in it.
async function setAside(folder: string): Promise<void> {
  const aside = temporaryName(folder)
  try {
    await rename(folder, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(aside, { recursive: true, force: true })
}

function knownFile(folder: string, { path, content }: FileEntry): KnownFile {
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { path: join(folder, path), sha256 }
}
