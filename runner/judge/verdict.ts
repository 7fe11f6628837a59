import type { Unmet } from './unmet.js'

/** What a scenario's run comes to (DESIGN.md, section 6). */
export const verdicts = ['pass', 'fail', 'skip', 'error'] as const

/** See {@link verdicts}. */
export type Verdict = (typeof verdicts)[number]

/** A verdict and its reasons, a sentence each; a pass may have none. */
export interface Judgement {
  readonly verdict: Verdict
  readonly why: readonly string[]
  /** What of the expectation was not met, where that is the reason. */
  readonly unmet?: readonly Unmet[]
}
