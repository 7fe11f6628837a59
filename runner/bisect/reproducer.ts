import type { GuiseRecord } from '../record/schema.js'
import type { BisectState } from './state.js'

/** What a difference is shown again with. */
export interface ReproducerParts {
  readonly question: Pick<BisectState['question'], 'tree' | 'bad'>
  /** Words that mean the scenarios. */
  readonly words: readonly string[]
  /** What was found, and what came right before it; null where it is not known. */
  readonly found: string | null
  readonly parent: string | null
  /** The records of what was found. */
  readonly after: readonly Pick<GuiseRecord, 'verdict'>[]
  /** Options that say how guests run. */
  readonly options: readonly string[]
  /** Options that say how kernels are built, which only a comparison takes. */
  readonly buildOptions: readonly string[]
}

/**
 * The words of the command that shows a difference again: a run, where it is a failure; where the guests pass on either side, the
 * comparison of both.
 */
export function reproducer(parts: ReproducerParts): string[] {
  const { question, words, found, parent, after, options, buildOptions } = parts
  const { tree, bad } = question
  const isFailure = after.length === 0 || after.some(({ verdict }) => verdict !== 'pass')
  if (isFailure || found === null || parent === null)
    return ['run', ...words, '--kernel', tree ?? found ?? bad.id, ...options]
  const sides = tree === null ? [parent, found] : [parent, found].map(id => id.slice(0, 12))
  const built = tree === null ? [] : ['--tree', tree, ...buildOptions]
  return ['compare', ...sides, ...words, ...built, ...options]
}
