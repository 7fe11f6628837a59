import { inspect } from 'node:util'
import { CommanderError } from 'commander'
import { BuildError, EnvironmentError, InputError, InterruptedError } from '../errors.js'
import { outOfFiles } from '../run/open-files.js'
import { printableLines } from '../terminal/printable.js'
import { gitBisectStatusOfError, isUnderGitBisect } from './git-bisect-status.js'
import { noteOnStderr, standardError } from '../terminal/standard-error.js'

/** Says what went wrong, on stderr, and gives the exit status for it. */
export function exitStatusOf(error: unknown): number {
  const status = usualStatusOf(error)
  return isUnderGitBisect(process.argv) ? gitBisectStatusOfError(error, status) : status
}

function usualStatusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const tooMany = outOfFiles(error)
  if (tooMany !== undefined) {
    noteOnStderr(tooMany)
    return 3
  }
  if (error instanceof InputError || error instanceof EnvironmentError) {
    // An editor finds its way by the compiler's lines as they are.
    if (error instanceof BuildError)
      standardError.write(printableLines(error.compilerLines.map(line => `${line}\n`).join('')))
    noteOnStderr(error.message)
    return error instanceof InputError ? 2 : 3
  }
  if (error instanceof InterruptedError) {
    noteOnStderr('interrupted')
    return 130
  }
  noteOnStderr(`a fault of guise's own, please report it: ${inspect(error)}`)
  return 3
}
