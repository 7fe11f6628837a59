/**
 * The two troubles that are nobody's verdict. A guest's failure is data (an outcome), an expectation that does not
 * hold is data too (a verdict); neither is thrown.
 */

/** What the user gave is wrong: usage, a scenario file, a kernel image. Exit status 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** A kernel's source does not build: what its compiler says is shown as it says it, and before the message. */
export class BuildError extends InputError {
  /** The compiler's lines: `file:line:column: error: ...` and what belongs to them. */
  readonly compilerLines: readonly string[]

  constructor(message: string, compilerLines: readonly string[]) {
    super(message)
    this.compilerLines = compilerLines
  }
}

/** The machine lacks something or refuses it: no QEMU, a full disk, no mirror. Exit status 3. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** The run was interrupted, such as by Ctrl-C. Exit status 130. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/**
 * Does what the machine may refuse, such as to read a file.
 *
 * @param what - what went wrong if it fails; the reason is put behind it
 * @param advice - a sentence for the end, where there is one
 * @throws EnvironmentError `WHAT: REASON`, with the error as its cause; a promise rejects with it
 */
export function asEnvironmentError<T>(what: string, act: () => T, advice?: string): T {
  const refused = (error: unknown): never => {
    const message = `${what}: ${(error as Error).message}`
    throw new EnvironmentError(advice === undefined ? message : `${message}. ${advice}`, {
      cause: error,
    })
  }
  try {
    const result = act()
    return result instanceof Promise ? (result.catch(refused) as T) : result
  } catch (error) {
    return refused(error)
  }
}

/**
 * Does what the machine may refuse at a path.
 *
 * @param what - to do there, such as `write results`
 * @throws EnvironmentError as {@link asEnvironmentError} does
 */
export function doingThere<T>(path: string, what: string, act: () => T): T {
  return asEnvironmentError(`${path}: expected to ${what} there, got`, act)
}
