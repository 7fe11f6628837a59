import type { CacheFacts, CpuFacts, CpuIds } from '../hypervisors/cpu-facts.js'
import { apicMode } from './apic-mode.js'
import { countOfList } from './cpu-ranges.js'
import { type CpuInfo, parseCpuinfo, sortedWords, wholeNumber } from './cpuinfo.js'

const folder = '/sys/devices/system/cpu'

type Files = ReadonlyMap<string, string>

/** What the kernel made of its CPUs, by the files of the guest's report and by its log; null where it says nothing of them. */
export function cpuFactsOf(files: Files, log: readonly string[] = []): CpuFacts | null {
  const infos = parseCpuinfo(files.get('/proc/cpuinfo') ?? '')
  const [[, info] = [0, undefined]] = [...infos]
  if (info === undefined) return null
  const file = (name: string) => files.get(`${folder}/${name}`)?.trim() ?? null
  const cpus = [...infos].map(([cpu, own]) => idsOf(cpu, own, info, files))
  const online = file('online')
  return {
    vendor: info.get('vendor_id') ?? null,
    family: wholeNumber(info.get('cpu family')),
    model: wholeNumber(info.get('model')),
    stepping: wholeNumber(info.get('stepping')),
    name: info.get('model name') ?? null,
    microcode: info.get('microcode') ?? null,
    addressBits: addressBits(info.get('address sizes')),
    cacheKiB: wholeNumber(/^(\d+) KB$/.exec(info.get('cache size') ?? '')?.[1]),
    tlb: info.get('TLB size') ?? null,
    others: Object.fromEntries(
      [...info].filter(([name, value]) => value !== '' && !apart.has(name) && !named.has(name)),
    ),
    bugs: sortedWords(info.get('bugs')),
    vulnerabilities: vulnerabilitiesOf(files),
    smt: file('smt/control'),
    xsave: enabledStates(log),
    apic: apicMode(log),
    online,
    present: file('present'),
    possible: file('possible'),
    topology: { ...countsOf(cpus), online: online === null ? infos.size : countOfList(online) },
    caches: cachesOf(files, [...infos.keys()]),
    cpus,
  }
}

/** fpu__init_system_xstate() in Linux arch/x86/kernel/fpu/xstate.c. */
function enabledStates(log: readonly string[]): CpuFacts['xsave'] {
  const line =
    /^x86\/fpu: Enabled xstate features (0x[0-9a-f]{1,16}), context size is (\d{1,9}) bytes, using '(\w+)' format/
  const [found] = log.map(text => line.exec(text)).filter(match => match !== null)
  if (found === undefined) return null
  const [, features = '', bytes, format = ''] = found
  return { features, bytes: Number(bytes), format }
}

function addressBits(text: string | undefined): CpuFacts['addressBits'] {
  const found = /^(\d{1,3}) bits physical, (\d{1,3}) bits virtual$/.exec(text ?? '')
  return found === null ? null : { physical: Number(found[1]), virtual: Number(found[2]) }
}

function vulnerabilitiesOf(files: Files): Record<string, string> {
  const start = `${folder}/vulnerabilities/`
  const found = [...files]
    .filter(([path]) => path.startsWith(start))
    .map(([path, text]): [string, string] => [path.slice(start.length), text.trim()])
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

// What is told elsewhere, and what is a frequency or a measure.
const apart = new Set([
  ...['processor', 'apicid', 'initial apicid', 'physical id', 'core id', 'siblings', 'cpu cores'],
  ...['cpu MHz', 'bogomips'],
])

// What has a field of its own in CpuFacts, or in the record.
const named = new Set([
  ...['vendor_id', 'cpu family', 'model', 'stepping', 'model name', 'microcode', 'address sizes'],
  ...['cache size', 'TLB size', 'bugs', 'flags'],
])

function idsOf(cpu: number, own: CpuInfo, first: CpuInfo, files: Files): CpuIds {
  const topology = valuesOf(files.get(`${folder}/cpu${cpu}/topology`))
  const differs = [...own]
    .filter(([name, value]) => !apart.has(name) && first.get(name) !== value)
    .map(([name, value]): [string, string] => [
      name,
      difference(first.get(name) ?? '', name, value),
    ])
  return {
    cpu,
    apicId: wholeNumber(own.get('apicid')),
    initialApicId: wholeNumber(own.get('initial apicid')),
    package: wholeNumber(topology.get('physical_package_id')),
    die: wholeNumber(topology.get('die_id')),
    core: wholeNumber(topology.get('core_id')),
    siblings: topology.get('thread_siblings_list') ?? null,
    packageSiblings: topology.get('core_siblings_list') ?? null,
    differs: Object.fromEntries(differs),
  }
}

function difference(first: string, name: string, own: string): string {
  if (!/(?:^|\s)(?:flags|bugs)$/.test(name)) return own
  const [before, now] = [new Set(sortedWords(first)), new Set(sortedWords(own))]
  return [
    ...[...now].filter(word => !before.has(word)).map(word => `+${word}`),
    ...[...before].filter(word => !now.has(word)).map(word => `-${word}`),
  ].join(' ')
}

function countsOf(cpus: readonly CpuIds[]): Omit<CpuFacts['topology'], 'online'> {
  const count = (keyOf: (cpu: CpuIds) => unknown[]) =>
    new Set(cpus.map(cpu => keyOf(cpu).join())).size
  return {
    packages: count(cpu => [cpu.package]),
    dies: count(cpu => [cpu.package, cpu.die]),
    cores: count(cpu => [cpu.package, cpu.die, cpu.core]),
    threads: cpus.length,
  }
}

function cachesOf(files: Files, cpus: readonly number[]): CacheFacts[] {
  const found = new Map<string, CacheFacts & { sharedBy: string[] }>()
  for (const cpu of cpus) {
    const values = valuesOf(files.get(`${folder}/cpu${cpu}/cache`))
    const indices = new Set([...values.keys()].map(name => name.replace(/\/.*/, '')))
    for (const index of indices) {
      const value = (name: string) => values.get(`${index}/${name}`)
      const number = (name: string) => wholeNumber(value(name))
      const kind = {
        level: number('level') ?? 0,
        type: value('type') ?? '',
        sizeKiB: wholeNumber(/^(\d+)K$/.exec(value('size') ?? '')?.[1]),
        ways: number('ways_of_associativity'),
        sets: number('number_of_sets'),
        lineBytes: number('coherency_line_size'),
      }
      const key = JSON.stringify(kind)
      const cache = found.get(key) ?? { ...kind, sharedBy: [] }
      const shared = value('shared_cpu_list')
      if (shared !== undefined && !cache.sharedBy.includes(shared)) cache.sharedBy.push(shared)
      found.set(key, cache)
    }
  }
  return [...found.values()].sort((a, b) => a.level - b.level || (a.type < b.type ? -1 : 1))
}

/** The lines `name=value` that the guest makes of a folder. */
function valuesOf(text: string | undefined): Map<string, string> {
  return new Map(
    Array.from((text ?? '').matchAll(/^([^=\n]+)=(.*)$/gm), ([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}
