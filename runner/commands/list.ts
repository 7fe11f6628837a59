import type { Scenario } from '../scenario/scenario.js'
import { groupsOf } from '../scenario/select.js'
import { scenariosFor } from './catalogue.js'
import { printJson, printPlain } from './standard-output.js'
import { counted } from '../terminal/counted.js'

/** The options of `guise list`, as commander gives them. */
export interface ListOptions {
  readonly json?: true
  readonly filter?: string
}

/** `guise list`: the scenarios, one a line, and their groups at the end; or a JSON array of the scenarios. */
export async function list(
  words: readonly string[],
  { json, filter }: ListOptions,
): Promise<number> {
  const scenarios = await scenariosFor(words, filter)
  await (json ? printJson(scenarios.map(entry), 2) : printPlain(table(scenarios)))
  return 0
}

function entry({ name, summary, groups, needs }: Scenario) {
  return { name, summary, groups, needs }
}

function table(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  const lines = scenarios.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`)
  const groups = groupsOf(scenarios).map(({ name, count }) => `@${name} ${count}`)
  return `${lines.join('')}\n${counted(scenarios.length, 'scenario')}\ngroups  ${groups.join(', ') || 'none'}\n`
}
