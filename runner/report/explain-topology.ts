import type { CpuFacts, CpuIds } from '../hypervisors/cpu-facts.js'
import { counted } from '../terminal/counted.js'
import { describeCache } from './cache-words.js'

/** How the kernel numbers its CPUs and groups them, and what caches they share; a line each. */
export function topologyLines(cpu: CpuFacts): string[] {
  const { packages, dies, cores, threads, online } = cpu.topology
  const unknown = 'unknown'
  return [
    `${counted(packages, 'package')}, ${counted(dies, 'die')}, ${counted(cores, 'core')}, ${counted(threads, 'thread')}; ${online} online, present ${cpu.present ?? unknown}; SMT ${cpu.smt ?? unknown}`,
    ...apicLine(cpu.apic),
    ...diesOf(cpu.cpus).map(dieLine),
    ...cpu.caches.map(describeCache),
    ...(cpu.caches.length === 0 ? ['no caches in sysfs'] : []),
  ]
}

function apicLine(apic: CpuFacts['apic']): string[] {
  if (apic === null) return []
  return [`APIC ${apic.mode}${apic.routing === null ? '' : `, routing ${apic.routing}`}`]
}

function diesOf(cpus: readonly CpuIds[]): CpuIds[][] {
  const dies = new Map<string, CpuIds[]>()
  for (const each of cpus) {
    const key = `${each.package} ${each.die}`
    dies.set(key, [...(dies.get(key) ?? []), each])
  }
  return [...dies.values()]
}

/** `package 0, die 0: CPUs 0-3, APIC ids 0-3; cores 0: CPUs 0-1, 1: CPUs 2-3`. */
function dieLine(cpus: readonly CpuIds[]): string {
  const [first] = cpus
  const cores = new Map<string, number[]>()
  for (const { core, cpu } of cpus) {
    const key = String(core ?? 'unknown')
    cores.set(key, [...(cores.get(key) ?? []), cpu])
  }
  const listed = [...cores].slice(0, mostCores).map(([core, of]) => `${core} of ${ranges(of)}`)
  const more = cores.size > mostCores ? ', …' : ''
  const ids = cpus.map(({ apicId }) => apicId).filter(id => id !== null)
  return [
    `package ${first?.package ?? 'unknown'}, die ${first?.die ?? 'unknown'}: CPUs ${ranges(cpus.map(({ cpu }) => cpu))}`,
    `APIC ids ${ranges(ids)}`,
    `${cores.size === 1 ? 'core' : 'cores'} ${listed.join(', ')}${more}`,
  ].join('; ')
}

// The screen has room for some; the record has them all.
const mostCores = 16

/** Numbers in ascending order as the kernel lists them: `0-3,5`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last?.[1] === number - 1) last[1] = number
    else runs.push([number, number])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join()
}
