import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { asEnvironmentError } from '../errors.js'
import { makeFolders } from '../make-folders.js'
import { userFolder } from '../user-folder.js'
import { replaceFile } from './atomic-write.js'

/** A file of the cache, named by its content and never changed. */
export interface CachedFile {
  /** Absolute path. */
  readonly path: string
  /** SHA-256 of the content, in lower-case hex. */
  readonly sha256: string
  /** Size of the content. */
  readonly bytes: number
}

/** The folder of all that guise can make again: `$XDG_CACHE_HOME/guise`, or ~/.cache/guise. */
export function cacheFolder(): string {
  return userFolder('cache')
}

/**
 * Keeps `bytes` in the cache as `KIND/SHA256SUFFIX`. Storing the same content again touches nothing.
 *
 * @param kind - the folder, e.g. `initramfs`
 * @param suffix - how the name ends, e.g. `.cpio`
 * @throws EnvironmentError when the cache cannot be written
 */
export async function storeBytes(
  kind: string,
  suffix: string,
  bytes: Uint8Array,
): Promise<CachedFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { path: pathOf(kind, suffix, sha256), sha256, bytes: bytes.length }
  if (await holds(file, bytes)) return file
  await removeFolder(file.path)
  await writeAtomically(file.path, bytes)
  return file
}

/**
 * Moves a file that already lies in the cache folder (a finished download) to its place by content, as {@link storeBytes}
 * would have put it there.
 *
 * @throws EnvironmentError when the cache cannot be written
 */
export async function storeFile(kind: string, suffix: string, from: string): Promise<CachedFile> {
  const sha256 = await sha256OfFile(from)
  const file = { path: pathOf(kind, suffix, sha256), sha256, bytes: (await stat(from)).size }
  await removeFolder(file.path)
  await writingTo(file.path, async () => {
    makeFolders(dirname(file.path))
    await rename(from, file.path)
  })
  return file
}

/** SHA-256 of a file's content, in lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * Writes a file of the cache, in a folder that is made where missing; see {@link replaceFile}.
 *
 * @throws EnvironmentError when it cannot be written
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await writingTo(path, async () => {
    makeFolders(dirname(path))
    await replaceFile(path, content)
  })
}

/**
 * Makes a folder of the cache and returns its path.
 *
 * @throws EnvironmentError when it cannot be made
 */
export async function cacheSubfolder(...parts: string[]): Promise<string> {
  const path = join(cacheFolder(), ...parts)
  await writingTo(path, () => {
    makeFolders(path)
  })
  return path
}

function pathOf(kind: string, suffix: string, sha256: string): string {
  return join(cacheFolder(), kind, sha256 + suffix)
}

// An older guise's file may have been cut by a machine's crash, and a disk may change one.
async function holds({ path, bytes: size }: CachedFile, bytes: Uint8Array): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() === true && found.size === size && (await readFile(path)).equals(bytes)
}

/** Removes a folder that lies where a file of the cache belongs: no rename replaces it. */
async function removeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) return
  await writingTo(path, () => rm(path, { recursive: true, force: true }))
}

function writingTo(path: string, work: () => void | Promise<void>): void | Promise<void> {
  return asEnvironmentError(
    `cannot write ${path} in guise's cache`,
    work,
    'Make room there, or set XDG_CACHE_HOME to a folder that can be written',
  )
}
