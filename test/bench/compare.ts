import { performance } from 'node:perf_hooks'

/** Two ways to do the same thing, to be compared in one run. */
export interface Comparison {
  readonly name: string
  /** What is measured. */
  readonly ours: () => Promise<unknown>
  /** What it is held against. */
  readonly theirs: () => Promise<unknown>
  /** The most that ours may take, as a multiple of theirs. */
  readonly atMost: number
}

/** The medians of a comparison, in milliseconds, and the median of the pairs' ratios. */
export interface Measured {
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
}

/**
 * Runs both sides in turns, so that a machine that gets busier burdens both, after one round that counts for nothing.
 *
 * @param pairs - how many rounds count
 */
export async function measure(comparison: Comparison, pairs: number): Promise<Measured> {
  const rounds: { ours: number; theirs: number }[] = []
  for (let round = 0; round <= pairs; round += 1) {
    const ours = await timed(comparison.ours)
    const theirs = await timed(comparison.theirs)
    if (round > 0) rounds.push({ ours, theirs })
  }
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    theirs: median(rounds.map(({ theirs }) => theirs)),
    ratio: median(rounds.map(({ ours, theirs }) => ours / theirs)),
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
