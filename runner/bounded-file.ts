import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { InputError } from './errors.js'
import { counted } from './terminal/counted.js'

/** What a caller takes of a file that somebody gave. */
export interface FileBounds {
  /** What messages call it, such as `kernel bzImage`. */
  readonly what: string
  /** How large it may be, in bytes. */
  readonly maxBytes: number
}

/**
 * Opens a file that somebody gave, for reading: a FIFO, a device or a folder is refused at once, never waited for.
 *
 * @throws InputError where it is no regular file, or is larger than `maxBytes`
 * @throws Error of Node's where it cannot be opened
 */
export async function openRegularFile(
  path: string,
  { what, maxBytes }: FileBounds,
): Promise<FileHandle> {
  // Without O_NONBLOCK, open(2) of a FIFO waits for one who writes.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new InputError(`${what} is no regular file`)
    if (found.size > maxBytes)
      throw new InputError(
        `${what} has ${counted(found.size, 'byte')}; expected at most ${maxBytes}`,
      )
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Reads a file that somebody gave, whole; see {@link openRegularFile}. What is in /proc says that it has no bytes, and a file may
 * grow while it is read: what counts is what comes.
 */
export async function readRegularFile(path: string, bounds: FileBounds): Promise<Buffer> {
  await using file = await openRegularFile(path, bounds)
  const parts: Buffer[] = []
  let bytes = 0
  for (;;) {
    // One byte more than was said tells where the file ends.
    const part = Buffer.allocUnsafe(Math.max((await file.stat()).size - bytes, 2 ** 16) + 1)
    const { bytesRead } = await file.read(part, 0, part.length)
    if (bytesRead === 0) return Buffer.concat(parts)
    parts.push(part.subarray(0, bytesRead))
    bytes += bytesRead
    if (bytes > bounds.maxBytes)
      throw new InputError(
        `${bounds.what} has more bytes than ${bounds.maxBytes}, the most expected`,
      )
  }
}
