import { EnvironmentError } from '../errors.js'

const closed = new AbortController()

/** Aborted when whoever read the result has gone, as `head -1` does: there is nobody left to work for. */
export const outputClosed: AbortSignal = closed.signal

// Without a listener, a write that fails ends guise with a stack trace; print() has told whom it concerns.
process.stdout.on('error', () => undefined)

/**
 * Writes a command's result. That its reader has gone is no error.
 *
 * @throws EnvironmentError when it can't be written, such as to a full disk
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, error => {
      if (!error) {
        resolve()
      } else if (closed.signal.aborted || (error as NodeJS.ErrnoException).code === 'EPIPE') {
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

/** Where a stream is no terminal `isTTY` is missing, which picocolors would take for leave to guess (CI, FORCE_COLOR). */
export function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}
