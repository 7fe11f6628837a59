import { lstatSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RunOnDisk } from './read-run.js'
import type { GuiseRecord } from './schema.js'

/** The files that a guest left beside its record. */
export type GuestFile = 'console' | 'kernelLog' | 'picture'

/**
 * Where a file of a guest lies: beside its record, whatever path that has, since results may have been moved, and a record that somebody
 * else made must name no file of this machine. null: there is none, or it is no regular file.
 */
export function guestFile(
  { folder, manifest }: RunOnDisk,
  record: GuiseRecord,
  file: GuestFile,
): string | null {
  const named = record[file] ?? null
  if (named === null) return null
  const place = manifest?.kernels.find(({ sha256 }) => sha256 === record.kernel.sha256)
  const path = join(folder, place?.folder ?? '', basename(named))
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : null
}

/** The last bytes of a file. */
export async function readEnd(path: string, bytes: number): Promise<Buffer> {
  await using file = await open(path)
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(Math.min(bytes, size)),
    0,
    Math.min(bytes, size),
    Math.max(0, size - bytes),
  )
  return buffer.subarray(0, bytesRead)
}
