import { printable } from '../terminal/printable.js'

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
  /** What is wrong, where that is no matter of expected and got. */
  readonly says?: string | undefined
}

/** Adds to a list, however many they are: `push(...more)` has room for some 100,000 on the stack. */
export function append(problems: Problem[], more: readonly Problem[]): void {
  for (const problem of more) problems.push(problem)
}

/** One line of text for a problem: `FILE:LINE:COLUMN: FIELD: expected …, got …`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, expected, got, says = `expected ${expected}, got ${got}` } = problem
  const field = problem.field === '' ? '' : `${problem.field}: `
  return printable(`${file}:${line}:${column}: ${field}${says}`)
}

// What a person mends before asking again.
const mostProblems = 50

/** The lines of many problems: the first ones, and how many more there are. */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, mostProblems).map(formatProblem)
  const more = problems.length - lines.length
  return [
    ...lines,
    ...(more > 0
      ? [`and ${more.toLocaleString('en')} more ${more === 1 ? 'problem' : 'problems'}`]
      : []),
  ].join('\n')
}
