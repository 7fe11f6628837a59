import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import * as z from 'zod'
import { sha256OfFile } from './cache.js'
import { Memo } from './memo.js'

// A file is read to its end once, and again when it is another; what has been found to be damaged is made anew.
const intactFiles = new Memo('intact-files', z.literal(true))

/**
 * Whether a file of the cache is there and has the content that its name states: a disk, or a hand, may have changed it since it
 * was stored. The usual case costs a stat.
 *
 * @param path - a file whose name begins with the SHA-256 of its content
 */
export async function isIntact(path: string): Promise<boolean> {
  const identity = await fileIdentity(path).catch(() => undefined)
  if (identity === undefined) return false
  if (intactFiles.recall(identity) !== undefined) return true
  if (!basename(path).startsWith(await sha256OfFile(path))) return false
  await intactFiles.record(identity, true)
  return true
}

/** A key that changes whenever the file's content does. The time of the last change (ctime of stat(2)) is set by no program. */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [path, dev, ino, size, mtimeNs, ctimeNs].join('\n')
}
