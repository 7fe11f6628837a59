import type { Expectation } from '../scenario/expectation-schema.js'
import { ruleMeanings } from '../scenario/sanity-rule.js'
import { counted } from '../terminal/counted.js'
import { inWords, patternInWords, sayAll, type WordsFor } from './words.js'

type Of<Field extends keyof Expectation> = NonNullable<Expectation[Field]>
type Cache = Of<'caches'>[number]

const cpu: WordsFor<Of<'cpu'>> = {
  vendor: vendor => [`its vendor is ${vendor}`],
  family: family => [`its family is ${family}`],
  model: model => [`its model is ${model} (0x${model.toString(16)})`],
  stepping: stepping => [`its stepping is ${stepping}`],
  name: name => [`its name ${patternInWords(name)}`],
  physicalBits: bits => [`its physical addresses have ${counted(bits, 'bit')}`],
  virtualBits: bits => [`its virtual addresses have ${counted(bits, 'bit')}`],
  cacheKiB: size => [`its cache size is ${size} KiB`],
}

const flags: WordsFor<Of<'flags'>> = {
  has: names => some(names, 'there is', 'there are'),
  lacks: names => some(names, 'there is no', 'there are none of'),
}

const bugs: WordsFor<Of<'bugs'>> = {
  has: flags.has,
  lacks: flags.lacks,
  is: names => [
    names.length === 0 ? 'there is none' : `there are ${inWords(names)}, and no others`,
  ],
}

const topology: WordsFor<Of<'topology'>> = {
  packages: count => [counted(count, 'package')],
  dies: count => [counted(count, 'die')],
  cores: count => [counted(count, 'core')],
  threads: count => [counted(count, 'thread')],
  online: count => [`${counted(count, 'CPU')} online`],
  smt: state => [`SMT is ${state}`],
  packageIds: ids => [perCpu('packages', ids)],
  dieIds: ids => [perCpu('dies', ids)],
  coreIds: ids => [perCpu('cores', ids)],
  apicIds: ids => [perCpu('APIC ids', ids)],
  siblings: lists => [`the cores have the CPUs ${lists.join('; ') || 'of none'}`],
}

const tsc: WordsFor<Of<'tsc'>> = {
  khz: khz => [`the kernel takes it to count ${khz} kHz`],
  source: source => [`it has that from tsc-frequency.${source}`],
}

/** What each field adds to a cache; the count stands before them. */
const cache: WordsFor<Cache> = {
  level: level => [`of level ${level}`],
  type: type => [`of type ${type}`],
  sizeKiB: size => [`of ${size} KiB`],
  ways: ways => [`of ${counted(ways, 'way')}`],
  sets: sets => [`of ${counted(sets, 'set')}`],
  lineBytes: bytes => [`with lines of ${bytes} bytes`],
  count: () => [],
  sharedBy: lists => [`shared by the CPUs ${lists.join('; ') || 'of none'}`],
}

/** What is expected of the CPUs: each field as its words have it. */
export const cpuExpectationWords = {
  cpu: expected => sayAll(cpu, expected),
  flags: expected => sayAll(flags, expected),
  bugs: expected => sayAll(bugs, expected),
  vulnerabilities: files =>
    Object.entries(files).map(([name, pattern]) => `${name} ${patternInWords(pattern)}`),
  topology: expected => sayAll(topology, expected),
  tsc: expected => sayAll(tsc, expected),
  breaks: rules =>
    rules.length === 0
      ? ['no rule of any sane kernel is broken']
      : [...rules.map(rule => `broken is ${rule}: ${ruleMeanings[rule]}`), 'no other rule is'],
  caches: caches => caches.map(cacheInWords),
} as const satisfies Partial<WordsFor<Expectation>>

function cacheInWords(expected: Cache): string {
  const { count } = expected
  const how =
    count === undefined
      ? 'there are caches'
      : count === 0
        ? 'there is no cache'
        : counted(count, 'cache')
  return `${how} ${sayAll(cache, expected).join(', ')}`
}

function some(names: readonly string[], one: string, several: string): string[] {
  return names.length === 0 ? [] : [`${names.length === 1 ? one : several} ${inWords(names)}`]
}

/** `packages 0 0 1 1, CPU by CPU`. */
function perCpu(what: string, ids: readonly number[]): string {
  return `${what} ${ids.join(' ') || 'of none'}, CPU by CPU`
}
