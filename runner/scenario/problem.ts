/** What is wrong at one place of a scenario file. */
export interface Problem {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
  /** The field's path, such as `cpuid[2].eax`; empty for the document as a whole. */
  readonly field: string
  readonly expected: string
  /** What stands there, as it stands there. */
  readonly got: string
}

/** One line of text for a problem: `FILE:LINE:COLUMN: FIELD: expected …, got …`. */
export function formatProblem(problem: Problem): string {
  const field = problem.field === '' ? '' : `${problem.field}: `
  return `${problem.file}:${problem.line}:${problem.column}: ${field}expected ${problem.expected}, got ${problem.got}`
}
