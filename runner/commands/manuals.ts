import type { Command } from 'commander'
import { groupsOf } from '../scenario/select.js'
import { guiseVersion } from '../version.js'
import { bashCompletion } from './bash-completion.js'
import { loadCatalogue } from './catalogue.js'
import { describeProgram } from './described-program.js'
import { manPage } from './man-page.js'
import { print } from './standard-output.js'

/** `guise completion bash|names`: what bash sources, and the words that it asks for then. */
export async function completion(program: Command, what: 'bash' | 'names'): Promise<number> {
  if (what === 'bash') {
    await print(bashCompletion(describeProgram(program)))
    return 0
  }
  const catalogue = await loadCatalogue()
  const groups = groupsOf(catalogue).map(({ name }) => `@${name}`)
  await print(`${[...catalogue.map(({ name }) => name), ...groups].join('\n')}\n`)
  return 0
}

/** `guise man`: the manual page, in roff. */
export async function man(program: Command): Promise<number> {
  await print(manPage(describeProgram(program), guiseVersion()))
  return 0
}
