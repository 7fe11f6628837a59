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
export function guestFile(run: RunOnDisk, record: GuiseRecord, file: GuestFile): string | null {
  const named = record[file] ?? null
  // No path of any system has a NUL; a record may say anything.
  if (named === null || named.includes('\0')) return null
  const path = join(guestFolder(run, record), basename(named))
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? path : null
}

/** The folder of a record and of what its guest left. */
export function guestFolder({ folder, manifest }: RunOnDisk, { kernel }: GuiseRecord): string {
  const place = manifest?.kernels.find(({ sha256 }) => sha256 === kernel.sha256)
  return join(folder, place?.folder ?? '')
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
