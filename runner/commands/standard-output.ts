import { EnvironmentError } from '../errors.js'
import { isTerminal } from '../terminal/capabilities.js'
import { formatJson } from '../terminal/json.js'
import { printableLines } from '../terminal/printable.js'

const closed = new AbortController()

/** Aborted when whoever read the result has gone, as `head -1` does: there is nobody left to work for. */
export const outputClosed: AbortSignal = closed.signal

// Without a listener, a write that fails ends guise with a stack trace; print() has told whom it concerns.
process.stdout.on('error', () => undefined)

/** Writes lines in which nothing may be but text: what a file, a kernel or a mirror says can be anything. */
export function printPlain(text: string): Promise<void> {
  return print(printableLines(text))
}

/**
 * Writes a value as JSON and ends the line.
 *
 * @param indent - how many spaces a level is indented; 0 for one line
 */
export function printJson(value: unknown, indent = 0): Promise<void> {
  return print(`${formatJson(value, indent)}\n`)
}

/**
 * Writes a command's result as it is: a caller that colours it has made the rest printable, and bytes are a guest's own. That its reader has gone, or its terminal was closed, is no error.
 *
 * @throws EnvironmentError when it can't be written, such as to a full disk
 */
export function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, error => {
      if (!error) {
        resolve()
      } else if (closed.signal.aborted || meansGone((error as NodeJS.ErrnoException).code)) {
        closed.abort()
        resolve()
      } else {
        reject(
          new EnvironmentError(`stdout: expected to write the result, got: ${error.message}`, {
            cause: error,
          }),
        )
      }
    })
  })
}

/** A pipe without a reader answers EPIPE, a closed terminal EIO (which on a disk means damage). */
function meansGone(code: string | undefined): boolean {
  return code === 'EPIPE' || (code === 'EIO' && isTerminal(process.stdout))
}
