/** What a scenario's run comes to (DESIGN.md, section 6). */
export const verdicts = ['pass', 'fail', 'skip', 'error'] as const

/** See {@link verdicts}. */
export type Verdict = (typeof verdicts)[number]

/** A verdict and its reasons, a sentence each; a pass may have none. */
export interface Judgement {
  readonly verdict: Verdict
  readonly why: readonly string[]
}
