import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import * as z from 'zod'
import { fileIdentity } from './file-identity.js'
import { sha256OfFile } from './files.js'
import { Memo } from './memo.js'

/** A file, and the content that it must have. */
export interface KnownFile {
  readonly path: string
  /** SHA-256 of the content, in lower-case hex. */
  readonly sha256: string
}

// A file is read to its end once, and again when it is another; what has been found to be damaged is made anew.
const intactFiles = new Memo('intact-files', z.literal(true))

/**
 * Whether a file of the cache is there and has the content that its name states: a disk, or a hand, may have changed it since it
 * was stored. The usual case costs a stat.
 *
 * @param path - a file named SHA256.SUFFIX
 */
export async function isIntact(path: string): Promise<boolean> {
  return areIntact([{ path, sha256: basename(path).split('.')[0] ?? '' }])
}

/** Whether all of these files are there with their content. The usual case costs a stat for each. */
export async function areIntact(files: readonly KnownFile[]): Promise<boolean> {
  const found = await Promise.all(files.map(({ path }) => stat(path))).catch(() => null)
  if (found?.every(each => each.isFile()) !== true) return false
  const identities = await Promise.all(files.map(({ path }) => fileIdentity(path)))
  const key = identities.join('\n\n')
  if (intactFiles.get(key) !== undefined) return true
  for (const { path, sha256 } of files) {
    if ((await sha256OfFile(path)) !== sha256) return false
  }
  await intactFiles.set(key, true)
  return true
}
