import type { OutputStream } from './capabilities.js'
import { printableLines } from './printable.js'

// Nobody may be there to read what guise says of its progress: a closed terminal (EIO), a pipe whose reader has gone (EPIPE), a
// full disk (ENOSPC), a file open for reading alone (EBADF). Without a listener each of them ends guise and its guests.
process.stderr.on('error', () => undefined)

/** A stream that progress is drawn on. */
export interface ProgressStream extends OutputStream {
  /** Writes text as it stands; what is not guise's own must be printable. */
  readonly write: (text: string) => unknown
}

/** stderr. All that guise writes there goes through this module, and no failure to write is one of guise's. */
export const standardError: ProgressStream = {
  get isTTY() {
    return process.stderr.isTTY
  },
  get columns() {
    return process.stderr.columns
  },
  write: text => process.stderr.write(text),
}

/** Says something on stderr, such as what is being waited for: each line of it begins with `guise: `. */
export function noteOnStderr(text: string): void {
  standardError.write(`${printableLines(text).replace(/^/gm, 'guise: ')}\n`)
}

/** Writes bytes that are a guest's own, as they are; resolves when they are written, or cannot be. */
export function bytesToStderr(bytes: Uint8Array): Promise<void> {
  return new Promise(resolve => {
    process.stderr.write(bytes, () => {
      resolve()
    })
  })
}

/** Says something on a terminal that is in raw mode, in the midst of what a guest writes: each line of it begins with `guise: `. */
export function noteOnRawTerminal(text: string): void {
  lineOnRawTerminal(text.replace(/^/gm, 'guise: '))
}

/** Shows lines on such a terminal as they are, to be copied. */
export function lineOnRawTerminal(text: string): void {
  standardError.write(`\r\n${printableLines(text).replaceAll('\n', '\r\n')}\r\n`)
}
