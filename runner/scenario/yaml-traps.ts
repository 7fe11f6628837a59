import {
  type Document,
  isPair,
  isScalar,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** Something of YAML's that a scenario may not use, though its value may look right. */
export interface YamlTrap {
  /** From where to where it stands in the file. */
  readonly range: readonly [number, number]
  /** The name of the field that it is the value of, or part of; empty where it is none's. */
  readonly field: string
  readonly expected: string
  /** Whether nothing can be made of the document. */
  readonly fatal: boolean
}

// More than enough for a file that people write, and what they come to stays small.
const mostAliases = 100

// The longest list that people write has some hundred entries; a dump of a machine stands in a file of its own.
const mostEntries = 1000

// The deepest scenario that guise knows has six levels.
const mostLevels = 100

/** Whether a text opens so many brackets or list items that what reads YAML, one call a level, would run out of stack. */
export function isNestedTooDeep(text: string): boolean {
  let level = 0
  for (const [character] of text.matchAll(/[[\]{}]/g)) {
    level += character === '[' || character === '{' ? 1 : -1
    if (level > mostLevels) return true
  }
  return /(?:[-?:] +){100}/.test(text) || text.includes(`\n${' '.repeat(4 * mostLevels)}`)
}

/**
 * Finds what YAML would take silently for something else: numbers written in a way that kernel developers do not, keys that stand
 * twice, aliases of nothing or of themselves, tags that nobody knows, YAML 1.1. Its time grows with the document's length.
 */
export function findTraps(document: Document.Parsed): YamlTrap[] {
  const traps: YamlTrap[] = []
  const add = (
    range: Node['range'],
    path: readonly unknown[],
    expected: string,
    fatal: boolean,
  ) => {
    const [from, to] = range ?? [0, 0]
    traps.push({ range: [from, to], field: fieldOf(path), expected, fatal })
  }
  if (document.directives.yaml.version !== '1.2') {
    const { range } = document
    traps.push({ range: [range[0], range[0]], field: '', expected: 'YAML 1.2', fatal: true })
  }
  for (const { pos, message } of document.warnings) {
    const expected = `no more than YAML's core (${firstLine(message)})`
    traps.push({ range: pos, field: '', expected, fatal: true })
  }
  const refuseLong = ({ items, range }: YAMLMap | YAMLSeq, path: readonly unknown[]) => {
    if (items.length <= mostEntries) return undefined
    add(range, path, `at most ${mostEntries} entries`, true)
    return visit.BREAK
  }
  let aliases = 0
  visit(document, {
    Seq(_, list, path) {
      return refuseLong(list, path)
    },
    Map(_, map, path) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) add(key.range, path, 'each key once', false)
        // A mapping of JavaScript's would lose it, and what is expected of it.
        if (key.value === '__proto__') add(key.range, path, 'another name', true)
        seen.add(key.value)
      }
      return refuseLong(map, path)
    },
    Alias(_, alias, path) {
      aliases += 1
      if (aliases > mostAliases) {
        add(alias.range, path, `at most ${mostAliases} aliases`, true)
        return visit.BREAK
      }
      const target = alias.resolve(document)
      if (target === undefined)
        add(alias.range, path, 'an alias whose anchor stands before it', true)
      else if (path.includes(target))
        add(alias.range, path, 'an alias of what it is no part of', true)
      return undefined
    },
    Scalar(key, { value, source, range }, path) {
      if (key === 'key' || typeof value !== 'number' || source === undefined) return
      const expected = numberGrammar(fieldOf(path), source)
      if (expected !== null) add(range, path, expected, false)
    },
  })
  return traps
}

const leafFields = ['leaf', 'base', 'range']
const registerFields = ['eax', 'ebx', 'ecx', 'edx']

/** What a number should look like, or null where it does. */
function numberGrammar(field: string, source: string): string | null {
  const isDecimal = /^-?\d+$/.test(source)
  const isLeaf = leafFields.includes(field)
  const isRegister = registerFields.includes(field)
  if (!isDecimal && !/^0x[0-9a-f]+$/i.test(source)) {
    return isLeaf || isRegister
      ? 'a decimal number or a hexadecimal one with 0x'
      : 'a plain whole number'
  }
  // YAML 1.1 has octal numbers so, and C.
  if (/^-?0\d/.test(source)) return 'a number without leading zeros'
  // Leaves are known by hexadecimal numbers: more decimal digits than two are digits without their 0x.
  if (isLeaf && /^\d{3,}$/.test(source))
    return `a leaf in hexadecimal, such as 0x${source.length > 8 ? Number(source).toString(16) : source}`
  // So is what looks like the highest leaf of a range; frequencies and the like are decimal.
  if (isRegister && /^[48c]000\d{4}$/i.test(source))
    return `0x before hexadecimal digits: 0x${source}`
  return null
}

/** The name of the innermost field on the way to a node. */
function fieldOf(path: readonly unknown[]): string {
  const pair = path.findLast((part): part is Pair => isPair(part))
  return isScalar(pair?.key) ? String(pair.key.value) : ''
}

/** What a message of the YAML reader's says, without the place and the picture of it. */
export function firstLine(text: string): string {
  return text.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
}
