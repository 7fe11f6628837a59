import { readFileSync } from 'node:fs'
import type { Scenario } from '../scenario/scenario.js'

/** A scenario's own text as it stands; of one that is like another, all that it comes to. */
export async function ownText({ like, file, text, name }: Scenario): Promise<string> {
  if (like === undefined) return text
  const { mergedText } = await import('../scenario/merged.js')
  return mergedText(readFileSync(file, 'utf8'), name) ?? text
}
