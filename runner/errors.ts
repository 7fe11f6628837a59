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
 * @throws EnvironmentError `WHAT: REASON`, with the error as its cause; a promise rejects with it
 */
export function asEnvironmentError<T>(what: string, act: () => T): T {
  const refused = (error: unknown): never => {
    throw new EnvironmentError(`${what}: ${(error as Error).message}`, { cause: error })
  }
  try {
    const result = act()
    return result instanceof Promise ? (result.catch(refused) as T) : result
  } catch (error) {
    return refused(error)
  }
}
