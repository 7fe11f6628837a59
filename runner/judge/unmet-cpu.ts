import type { CpuFacts } from '../hypervisors/cpu-facts.js'
import type { GuestFacts } from '../hypervisors/facts.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import { logPatternMatcher } from '../scenario/log-pattern.js'
import type { Unmet, UnmetField } from './verdict.js'

/** The parts of what is expected of the CPUs that a guest does not meet. */
export function unmetCpu(expected: Expectation, facts: Pick<GuestFacts, 'cpu' | 'flags'>): Unmet[] {
  const { cpu = null, flags } = facts
  return [
    ...unmetIdentity(expected.cpu, cpu),
    ...unmetWords('flags', expected.flags, flags),
    ...unmetWords('bugs', expected.bugs, cpu?.bugs ?? []),
    ...unmetBugs(expected.bugs?.is, cpu?.bugs ?? []),
    ...Object.entries(expected.vulnerabilities ?? {}).flatMap(([name, want]) => {
      const got = cpu?.vulnerabilities[name] ?? 'no such file'
      return logPatternMatcher(want)(got) ? [] : [unmet(`vulnerabilities.${name}`, want, got)]
    }),
    ...Object.entries(expected.topology ?? {}).flatMap(([level, want]) => {
      const got = cpu?.topology[level as keyof CpuFacts['topology']] ?? 'nothing'
      return want === undefined || want === got ? [] : [unmet(`topology.${level}`, want, got)]
    }),
    ...(expected.caches ?? []).flatMap((want, index) => unmetCache(want, index, cpu?.caches ?? [])),
  ]
}

function unmetIdentity(expected: Expectation['cpu'], cpu: CpuFacts | null): Unmet[] {
  if (expected === undefined) return []
  const { name, ...exact } = expected
  const got = cpu?.name ?? 'nothing'
  return [
    ...Object.entries(exact).flatMap(([field, want]) => {
      const got = cpu?.[field as keyof typeof exact] ?? 'nothing'
      return want === undefined || want === got ? [] : [unmet(`cpu.${field}`, want, got)]
    }),
    ...(name === undefined || logPatternMatcher(name)(got) ? [] : [unmet('cpu.name', name, got)]),
  ]
}

function unmetWords(
  field: 'flags' | 'bugs',
  expected: { readonly has: readonly string[]; readonly lacks: readonly string[] } | undefined,
  words: readonly string[],
): Unmet[] {
  if (expected === undefined) return []
  return [
    ...expected.has
      .filter(word => !words.includes(word))
      .map(want => unmet(`${field}.has`, want, 'no sign of it')),
    ...expected.lacks
      .filter(word => words.includes(word))
      .map(want => unmet(`${field}.lacks`, want, want)),
  ]
}

function unmetBugs(expected: readonly string[] | undefined, bugs: readonly string[]): Unmet[] {
  if (expected === undefined) return []
  const same = [...expected].sort().join(' ') === [...bugs].sort().join(' ')
  return same ? [] : [unmet('bugs.is', expected.join(' ') || 'none', bugs.join(' ') || 'none')]
}

function unmetCache(
  want: NonNullable<Expectation['caches']>[number],
  index: number,
  caches: CpuFacts['caches'],
): Unmet[] {
  const { count, ...kind } = want
  const found = caches.filter(cache =>
    Object.entries(kind).every(([field, value]) => cache[field as keyof typeof kind] === value),
  )
  const number = found.reduce((total, { sharedBy }) => total + sharedBy.length, 0)
  if (count === undefined ? number > 0 : number === count) return []
  const alike = caches.filter(({ level }) => level === want.level).map(describeCache)
  const got = alike.join('; ') || `no cache of level ${want.level}`
  return [{ field: 'caches', want: describe(kind, count), got, expected: { index } }]
}

function describe(kind: object, count: number | undefined): string {
  const fields = Object.entries(kind).map(([field, value]) => `${field} ${String(value)}`)
  return `${count === undefined ? '' : `${count} of `}${fields.join(' ')}`
}

function describeCache({
  level,
  type,
  sizeKiB,
  ways,
  sets,
  lineBytes,
  sharedBy,
}: CpuFacts['caches'][number]): string {
  return describe({ level, type, sizeKiB, ways, sets, lineBytes }, sharedBy.length)
}

function unmet(field: UnmetField, want: string | number, got: string | number): Unmet {
  return { field, want: String(want), got: String(got) }
}
