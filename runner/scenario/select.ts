import { InputError } from '../errors.js'
import { globSource, isGlob } from './glob.js'
import { nearest } from './nearest.js'
import type { Scenario } from './scenario.js'

/** Whether a word of the command line names a file or a folder: anything with `/`, ending in `.yaml`, or `.`. */
export function isFileName(word: string): boolean {
  return word.includes('/') || word === '.' || word === '..' || /\.yaml(?::|$)/.test(word)
}

/** Takes `FILE.yaml:NAME` apart, which means only those scenarios of a file that have this name; it may be a glob. */
export function splitFileWord(word: string): { path: string; names: string | null } {
  const { path = word, names = null } =
    /^(?<path>.*\.yaml):(?<names>[^/]+)$/.exec(word)?.groups ?? {}
  return { path, names }
}

/** A group, and how many scenarios are in it. */
export interface Group {
  readonly name: string
  readonly count: number
}

/** The groups of a catalogue, sorted by name. */
export function groupsOf(catalogue: readonly Scenario[]): Group[] {
  const counts = new Map<string, number>()
  for (const group of catalogue.flatMap(({ groups }) => groups)) {
    counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Takes scenarios from a catalogue by the words of a command line: a name or `@group`, either of which may be a glob (`*`, `?`,
 * `[abc]`). No words take them all. Each scenario is taken once, in the order of the words.
 *
 * @throws InputError that names every unknown word and the names nearest to it
 */
export function selectScenarios(
  catalogue: readonly Scenario[],
  words: readonly string[],
): Scenario[] {
  if (words.length === 0) return [...catalogue]
  const unknown: string[] = []
  const selected = words.flatMap(word => {
    const matches = nameMatcher(word.replace(/^@/, ''))
    const found = word.startsWith('@')
      ? catalogue.filter(scenario => scenario.groups.some(matches))
      : catalogue.filter(scenario => matches(scenario.name))
    if (found.length === 0) unknown.push(explainUnknown(word, catalogue))
    return found
  })
  if (unknown.length > 0) throw new InputError(unknown.join('\n'))
  return [...new Set(selected)]
}

/** A name matches itself; a glob, what a shell would match with it. */
export function nameMatcher(word: string): (name: string) => boolean {
  if (!isGlob(word)) return name => name === word
  const compiled = tryRegExp(globSource(word))
  return name => compiled?.test(name) === true
}

function tryRegExp(source: string): RegExp | null {
  try {
    return new RegExp(source)
  } catch {
    return null
  }
}

function explainUnknown(word: string, catalogue: readonly Scenario[]): string {
  const isGroup = word.startsWith('@')
  const groups = groupsOf(catalogue).map(({ name }) => `@${name}`)
  const near = nearest(word, isGroup ? groups : catalogue.map(({ name }) => name))
  const hints = [
    ...(near.length > 0 ? [`did you mean ${near.join(', ')}?`] : []),
    ...(isGroup
      ? [`the groups: ${groups.join(' ')}`]
      : near.length > 0
        ? []
        : ['see `guise list`']),
  ]
  const kind = isGroup ? 'group' : 'scenario'
  const what = isGlob(word) ? `no ${kind} matches \`${word}\`` : `unknown ${kind} \`${word}\``
  return `${what}: ${hints.join(' ')}`
}
