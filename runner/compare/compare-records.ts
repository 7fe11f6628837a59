import type { GuiseRecord } from '../record/schema.js'
import { type Comparison, compareSides, differs } from './compare.js'
import { subjectOfRecord } from './subject.js'

/** What differs between two runs, with causes; `differs` is whether anything does. */
export interface ComparedRuns extends Comparison {
  readonly differs: boolean
}

/**
 * Compares the records of two runs, scenario by scenario, as `guise compare` does: facts, CPUID by its bits, and causes where they are
 * known.
 *
 * @throws InputError where one side has several kernels, and the other not the same
 */
export function compare(before: readonly GuiseRecord[], now: readonly GuiseRecord[]): ComparedRuns {
  const comparison = compareSides(
    { name: 'before', subjects: before.map(subjectOfRecord) },
    { name: 'now', subjects: now.map(subjectOfRecord) },
  )
  return { ...comparison, differs: differs(comparison) }
}
