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
      const files = new Map(Object.entries(cpu?.vulnerabilities ?? {}))
      const got = files.get(name) ?? 'no such file'
      return logPatternMatcher(want)(got) ? [] : [unmet(`vulnerabilities.${name}`, want, got)]
    }),
    ...unmetTopology(expected.topology, cpu),
    ...(expected.caches ?? []).flatMap((want, index) => unmetCache(want, index, cpu?.caches ?? [])),
  ]
}

function unmetIdentity(expected: Expectation['cpu'], cpu: CpuFacts | null): Unmet[] {
  if (expected === undefined) return []
  const { name, ...exact } = expected
  const { vendor, family, model, stepping, cacheKiB, addressBits } = cpu ?? {}
  const got = cpu?.name ?? 'nothing'
  return [
    ...differing('cpu', exact, {
      ...{ vendor, family, model, stepping, cacheKiB },
      physicalBits: addressBits?.physical,
      virtualBits: addressBits?.virtual,
    }),
    ...(name === undefined || logPatternMatcher(name)(got) ? [] : [unmet('cpu.name', name, got)]),
  ]
}

function unmetTopology(expected: Expectation['topology'], cpu: CpuFacts | null): Unmet[] {
  if (expected === undefined) return []
  const cpus = cpu?.cpus ?? []
  return differing('topology', expected, {
    ...cpu?.topology,
    smt: cpu?.smt,
    packageIds: cpus.map(each => each.package),
    dieIds: cpus.map(each => each.die),
    coreIds: cpus.map(each => each.core),
    apicIds: cpus.map(each => each.apicId),
    siblings: [...new Set(cpus.map(each => each.siblings))],
  })
}

/** The fields of `expected` that `facts` has otherwise, a list as one value. */
function differing(
  label: 'cpu' | 'topology',
  expected: Readonly<Record<string, Value | readonly Value[]>>,
  facts: Readonly<Record<string, Value | readonly Value[]>>,
): Unmet[] {
  return Object.entries(expected).flatMap(([field, want]) => {
    if (want === undefined) return []
    const [asked, found] = [valueText(want), valueText(facts[field])]
    return asked === found ? [] : [unmet(`${label}.${field}`, asked, found)]
  })
}

type Value = string | number | null | undefined

function valueText(value: Value | readonly Value[]): string {
  const values = Array.isArray(value) ? value.map((each: Value) => each ?? 'none') : [value ?? '']
  return values.join(' ') || 'nothing'
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
  const { count, sharedBy, ...kind } = want
  const found = caches.filter(cache =>
    Object.entries(kind).every(([field, value]) => cache[field as keyof typeof kind] === value),
  )
  const shared = found.flatMap(cache => cache.sharedBy)
  const enough =
    count === undefined ? sharedBy !== undefined || shared.length > 0 : shared.length === count
  if (enough && (sharedBy === undefined || sharedBy.join(' ') === shared.join(' '))) return []
  const alike = caches.filter(({ level }) => level === want.level).map(describeCache)
  const got = alike.join('; ') || `no cache of level ${want.level}`
  return [{ field: 'caches', want: describe(kind, count, sharedBy), got, expected: { index } }]
}

function describe(kind: object, count?: number, sharedBy?: readonly string[]): string {
  const fields = Object.entries(kind).map(([field, value]) => `${field} ${String(value)}`)
  return `${count === undefined ? '' : `${count} of `}${fields.join(' ')}${sharedBy === undefined ? '' : ` shared by ${sharedBy.join(' ') || 'none'}`}`
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
  return describe({ level, type, sizeKiB, ways, sets, lineBytes }, sharedBy.length, sharedBy)
}

function unmet(field: UnmetField, want: string | number, got: string | number): Unmet {
  return { field, want: String(want), got: String(got) }
}
