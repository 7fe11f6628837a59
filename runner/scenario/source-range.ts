import { type Document, isMap, isNode, isPair, isSeq, type Pair, type YAMLMap } from 'yaml'

/** The source range of the value at `path`, of the key for a value that is none, or null for what is not there. */
export function rangeOf(
  yaml: Document.Parsed,
  path: readonly PropertyKey[],
): [number, number] | null {
  const node = nodeAt(yaml, path)
  if (isNode(node) && node.range) {
    return [node.range[0], node.range[1]]
  }
  const parent = path.length === 0 ? null : nodeAt(yaml, path.slice(0, -1))
  const key = isMap(parent) ? pairsOf(parent).get(String(path.at(-1)))?.key : undefined
  return isNode(key) && key.range ? [key.range[0], key.range[1]] : null
}

/** As `yaml.getIn(path, true)`, which looks at each key of a mapping in turn: a file may have thousands of problems in one. */
function nodeAt(yaml: Document.Parsed, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, part) => {
    if (isMap(node)) return pairsOf(node).get(String(part))?.value
    return isSeq(node) ? node.items[Number(part)] : undefined
  }, yaml.contents)
}

const pairsOfMaps = new WeakMap<YAMLMap, Map<string, Pair>>()

/** The pairs of a mapping by the names of their keys. */
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const known = pairsOfMaps.get(map)
  if (known !== undefined) return known
  const pairs = new Map(
    map.items.filter(item => isPair(item)).map(pair => [String(pair.key), pair] as const),
  )
  pairsOfMaps.set(map, pairs)
  return pairs
}
