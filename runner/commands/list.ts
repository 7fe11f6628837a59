import type { Scenario } from '../scenario/scenario.js'
import { scenariosFor } from './catalogue.js'
import { print } from './standard-output.js'

/** `guise list`: the scenarios, one a line or as a JSON array. */
export async function list(words: readonly string[], json: boolean): Promise<number> {
  const scenarios = await scenariosFor(words)
  await print(json ? `${JSON.stringify(scenarios.map(entry), null, 2)}\n` : table(scenarios))
  return 0
}

function entry({ name, summary, groups, needs }: Scenario) {
  return { name, summary, groups, needs }
}

function table(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return scenarios.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('')
}
