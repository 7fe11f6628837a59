import { createTwoFilesPatch } from 'diff'
import { type Fact, formatFact } from './fact.js'
import type { Baseline } from './file.js'

/**
 * The facts that differ as a unified diff with what both sides were made with, or null where none does.
 *
 * @param compared - those of a baseline's facts that are
 */
export function compareBaselines(
  path: string,
  before: Baseline,
  now: Baseline,
  compared: (facts: readonly Fact[]) => readonly Fact[],
): string | null {
  const text = ({ facts }: Baseline) =>
    compared(facts)
      .map(fact => `${formatFact(fact)}\n`)
      .join('')
  if (text(before) === text(now)) return null
  const patch = createTwoFilesPatch(
    `baseline/${path}`,
    `now/${path}`,
    text(before),
    text(now),
    undefined,
    undefined,
    { context: 0 },
  )
  const [, ...lines] = patch.trimEnd().split('\n')
  return [
    ...before.fingerprint.map(line => `baseline: ${line}`),
    ...now.fingerprint.map(line => `now:      ${line}`),
    ...lines,
    '',
  ].join('\n')
}
