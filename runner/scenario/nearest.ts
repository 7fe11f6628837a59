import { distance } from 'fastest-levenshtein'

/** Up to three of `known` that are likely meant by `word`, the likeliest first. */
export function nearest(word: string, known: readonly string[]): string[] {
  const plain = word.replace(/[*?[\]]/g, '')
  if (plain.replace('@', '') === '') return []
  const limit = Math.max(2, Math.ceil(plain.length / 3))
  return known
    .map(name => ({ name, score: likeness(plain, name) }))
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
