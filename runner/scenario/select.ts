import { distance } from 'fastest-levenshtein'
import { InputError } from '../errors.js'
import type { Scenario } from './scenario.js'

/** Whether a word of the command line names a file: anything with `/`, or ending in `.yaml`. */
export function isFileName(word: string): boolean {
  return word.includes('/') || word.endsWith('.yaml')
}

/**
 * Takes scenarios from a catalogue by the words of a command line: a name, or `@group`. No words take them all. Each
 * scenario is taken once, in the order of the words.
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
    const found = word.startsWith('@')
      ? catalogue.filter(scenario => scenario.groups.includes(word.slice(1)))
      : catalogue.filter(scenario => scenario.name === word)
    if (found.length === 0) unknown.push(explainUnknown(word, catalogue))
    return found
  })
  if (unknown.length > 0) throw new InputError(unknown.join('\n'))
  return [...new Set(selected)]
}

function explainUnknown(word: string, catalogue: readonly Scenario[]): string {
  const isGroup = word.startsWith('@')
  const known = isGroup
    ? [...new Set(catalogue.flatMap(({ groups }) => groups))].map(group => `@${group}`)
    : catalogue.map(({ name }) => name)
  const near = nearest(word, known)
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'see `guise list`'
  return `unknown ${isGroup ? 'group' : 'scenario'} \`${word}\`: ${hint}`
}

/** Up to three of `known` that are likely meant by `word`, the likeliest first. */
function nearest(word: string, known: readonly string[]): string[] {
  const limit = Math.max(2, Math.ceil(word.length / 3))
  return known
    .map(name => ({ name, score: likeness(word, name) }))
    .filter(({ score }) => score <= limit)
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

/** How far a name is from a word; a name that begins with it, or holds it, is never far. */
function likeness(word: string, name: string): number {
  if (name.startsWith(word)) return 1
  return name.includes(word) ? 2 : distance(word, name)
}
