import { BuildError } from '../errors.js'

// git-bisect(1), "Bisect run": 0 is good, 125 cannot be tested, 1 to 127 are bad, and what is above ends the bisection.
const good = 0
const bad = 1
const untestable = 125
const stop = 128

/**
 * Whether guise was called as `guise run --bisect`. Even of a command line that can't be read this must be known: its usual status, 2,
 * would be a bad commit.
 */
export function isUnderGitBisect(argv: readonly string[]): boolean {
  return argv[2] === 'run' && argv.includes('--bisect')
}

/** The status for `git bisect run` of a run that came to its end with `status`. */
export function gitBisectStatus(status: number): number {
  switch (status) {
    case 0:
      return good
    case 1:
      return bad
    case 3:
      return untestable
    default:
      return stop
  }
}

/**
 * The status of a run that came to nothing. A kernel that does not build can't be tested; nothing else of these is the commit's doing.
 *
 * @param status - what it would be otherwise
 */
export function gitBisectStatusOfError(error: unknown, status: number): number {
  if (status === 0) return good
  if (error instanceof BuildError) return untestable
  return Math.max(status, stop)
}
