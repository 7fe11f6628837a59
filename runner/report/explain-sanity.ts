import type { GuiseRecord } from '../record/schema.js'
import { ruleMeanings } from '../scenario/sanity-rule.js'

/** Which of the rules of any sane kernel it broke, and what shows that; none where nothing was looked at. */
export function sanityLines({ broken, outcome }: GuiseRecord): string[] {
  if (broken === undefined || outcome !== 'reported') return []
  if (broken.length === 0) return ['kept, all that any sane kernel keeps to']
  return broken.map(({ rule, shown }) => `${rule} is broken (${ruleMeanings[rule]}): ${shown}`)
}
