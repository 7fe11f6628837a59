import { createTwoFilesPatch } from 'diff'
import type { Baseline } from './file.js'

/** The facts that differ as a unified diff with what both sides were made with, or null where none does. */
export function compareBaselines(path: string, before: Baseline, now: Baseline): string | null {
  if (before.facts.join('\n') === now.facts.join('\n')) return null
  const text = (baseline: Baseline) => baseline.facts.map(fact => `${fact}\n`).join('')
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
