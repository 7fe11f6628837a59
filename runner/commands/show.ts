import { readFileSync } from 'node:fs'
import { showScenario } from '../report/show.js'
import type { Scenario } from '../scenario/scenario.js'
import { scenariosFor } from './catalogue.js'
import { printPlain } from './standard-output.js'

/** `guise show SCENARIO`: where it stands, its text, the leaves that its guest is shown, and what is expected of the kernel. */
export async function show(word: string): Promise<number> {
  for (const scenario of await scenariosFor([word])) {
    const comment = showScenario(scenario).map(line => `# ${line}\n`)
    const text = (await textOf(scenario)).trim()
    await printPlain(`# ${scenario.file}\n${text}\n\n${comment.join('')}\n`)
  }
  return 0
}

/** The scenario's own text as it stands; of one that is like another, all that it comes to. */
async function textOf({ like, file, text, name }: Scenario): Promise<string> {
  if (like === undefined) return text
  const { mergedText } = await import('../scenario/merged.js')
  return mergedText(readFileSync(file, 'utf8'), name) ?? text
}
