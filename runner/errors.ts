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
