import { groupMeanings } from '../scenario/group-meanings.js'
import type { Scenario } from '../scenario/scenario.js'
import { type Group, groupsOf } from '../scenario/select.js'
import { isTerminal, terminalWidth } from '../terminal/capabilities.js'
import { counted } from '../terminal/counted.js'
import { wrap } from '../report/columns.js'
import { scenariosFor } from './catalogue.js'
import { printJson, printPlain } from './standard-output.js'

/** The options of `guise list`, as commander gives them. */
export interface ListOptions {
  readonly json?: true
  readonly filter?: string
  readonly groups?: true
}

/**
 * `guise list`: the scenarios, or with `--groups` their groups, one a line; or a JSON array of either. On a terminal the scenarios end
 * with their count and the groups; elsewhere a line is a scenario.
 */
export async function list(
  words: readonly string[],
  { json, filter, groups }: ListOptions,
): Promise<number> {
  const scenarios = await scenariosFor(words, filter)
  if (groups === true) {
    const found = groupsOf(scenarios)
    await (json ? printJson(found.map(groupEntry), 2) : printPlain(groupTable(found)))
    return 0
  }
  await (json ? printJson(scenarios.map(entry), 2) : printPlain(table(scenarios) + end(scenarios)))
  return 0
}

function entry({ name, summary, groups, needs }: Scenario) {
  return { name, summary, groups, needs }
}

function groupEntry({ name, count }: Group) {
  return { name, count, meaning: groupMeanings[name] ?? null }
}

function table(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return scenarios.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('')
}

/** `@mix  39  several hypervisors at once`; nothing where no scenario is in a group. */
function groupTable(groups: readonly Group[]): string {
  const names = Math.max(...groups.map(({ name }) => name.length))
  const counts = Math.max(...groups.map(({ count }) => `${count}`.length))
  return groups
    .map(({ name, count }) => {
      const line = `@${name.padEnd(names)}  ${`${count}`.padStart(counts)}`
      return `${line}  ${groupMeanings[name] ?? ''}`.trimEnd()
    })
    .map(line => `${line}\n`)
    .join('')
}

/** How many there are, and in which groups. */
function end(scenarios: readonly Scenario[]): string {
  if (!isTerminal(process.stdout)) return ''
  const groups = groupsOf(scenarios).map(({ name, count }) => `@${name} ${count}`)
  const text = groups.map((each, index) => (index < groups.length - 1 ? `${each},` : each))
  const shown = wrap(groups.length === 0 ? 'none' : text, terminalWidth(process.stdout), 8)
  return `\n${counted(scenarios.length, 'scenario')}\ngroups  ${shown}\n`
}
