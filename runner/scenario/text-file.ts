import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** The most bytes that a file of scenarios or a raw dump may have; the largest that guise knows has 60 kB. */
export const mostBytes = 4 * 1024 * 1024

/**
 * Reads a text file that somebody gave, whole, as {@link readBytes} does. A byte order mark is left out.
 *
 * @throws Error whose message says what stands there instead
 */
export function readTextFile(path: string): string {
  return decode(readBytes(path))
}

/**
 * Reads a file that somebody gave, whole. A folder, a FIFO or a device is refused at once, never waited for, and no more is read
 * than {@link mostBytes}.
 *
 * @throws Error whose message says what stands there instead
 */
export function readBytes(path: string): Buffer {
  // Without O_NONBLOCK, open(2) of a FIFO waits for one who writes.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    if (!fstatSync(file).isFile()) throw new Error('no regular file')
    return readUpTo(file, mostBytes)
  } finally {
    closeSync(file)
  }
}

function readUpTo(file: number, most: number): Buffer {
  const parts: Buffer[] = []
  for (let size = 0; ;) {
    const part = Buffer.alloc(0x10000)
    // What is in /proc says that it has no bytes, so what counts is what comes.
    const read = readSync(file, part)
    if (read === 0) return Buffer.concat(parts)
    size += read
    if (size > most) throw new Error(`a file of more than ${most} bytes`)
    parts.push(part.subarray(0, read))
  }
}

function decode(bytes: Buffer): string {
  const zero = bytes.indexOf(0)
  if (zero >= 0) throw new Error(`no text: byte ${zero} is NUL`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('no text: it is not valid UTF-8')
  }
}
