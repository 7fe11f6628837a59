import { isMap, isScalar, isSeq, parseDocument, type Scalar } from 'yaml'

/** A scenario that another is to be made of. */
export interface CopiedScenario {
  /** Its own YAML text, with all that it has; `like` in it is dropped, since what it names is not in the new file. */
  readonly text: string
  /** Its name and where it is from, for the heading. */
  readonly name: string
  readonly origin: string
  /** Makes the path of a dump that it names one that holds from anywhere. */
  readonly dumpPath: (path: string) => string
}

/** The text of a scenario that is another one under a new name; its comments stay where they are. */
export function copyScenario(
  name: string,
  { text, name: other, origin, dumpPath }: CopiedScenario,
): string {
  const whole = withoutLike(text).trim()
  const yaml = parseDocument(whole)
  const changes = [
    ...change(yaml.get('name', true), name),
    ...dumpsOf(yaml.get('cpuid', true)).flatMap(dump => change(dump, dumpPath(String(dump.value)))),
  ]
  // From behind, so that what stands before keeps its place.
  const changed = changes
    .sort((a, b) => b.from - a.from)
    .reduce((before, { from, to, by }) => before.slice(0, from) + by + before.slice(to), whole)
  return `# ${name}: as ${other} of ${origin}, to be changed. Its summary, its source and its groups are still those of ${other}.\n${changed}\n`
}

/** Of a merged text, whose comments are lost already. */
function withoutLike(text: string): string {
  const yaml = parseDocument(text)
  return yaml.delete('like') ? yaml.toString({ lineWidth: 0 }) : text
}

/** The paths of dumps; a dump that stands in the scenario itself has several lines. */
function dumpsOf(cpuid: unknown): Scalar[] {
  const entries = isSeq(cpuid) ? cpuid.items.filter(item => isMap(item)) : []
  return entries
    .map(entry => entry.get('dump', true))
    .filter(dump => isScalar(dump))
    .filter(({ value }) => !/[\n\r]/.test(String(value)))
}

function change(node: unknown, value: string): { from: number; to: number; by: string }[] {
  if (!isScalar(node) || !node.range) return []
  const [from, to] = node.range
  return [{ from, to, by: /^[a-z0-9-]+$/.test(value) ? value : JSON.stringify(value) }]
}
