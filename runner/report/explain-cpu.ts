import type { CpuFacts } from '../hypervisors/cpu-facts.js'
import { counted } from '../terminal/counted.js'
import { describeCache } from './cache-words.js'

/** What the kernel made of its CPUs, a line for each matter. */
export function cpuLines(cpu: CpuFacts): string[] {
  const { vendor, family, model, stepping, name, microcode, addressBits, smt } = cpu
  const unknown = 'unknown'
  const { packages, dies, cores, threads, online } = cpu.topology
  const strange = cpu.cpus.filter(({ differs }) => Object.keys(differs).length > 0)
  return [
    `${vendor ?? unknown}, family ${hex(family)}, model ${hex(model)}, stepping ${stepping ?? unknown}: ${name ?? 'no name'}`,
    [
      ...(microcode === null ? [] : [`microcode ${microcode}`]),
      ...(addressBits === null
        ? []
        : [`addresses of ${addressBits.physical} bits, virtual of ${addressBits.virtual}`]),
    ].join('; '),
    `${counted(packages, 'package')}, ${counted(dies, 'die')}, ${counted(cores, 'core')}, ${counted(threads, 'thread')}; ${online} online, present ${cpu.present ?? unknown}; SMT ${smt ?? unknown}`,
    ...apicLine(cpu.apic),
    ...cpu.caches.map(describeCache),
    ...(cpu.caches.length === 0 ? ['no caches in sysfs'] : []),
    ...strange.map(
      each =>
        `CPU ${each.cpu} differs from the first: ${Object.entries(each.differs)
          .map(([field, value]) => `${field} ${value}`)
          .join('; ')}`,
    ),
  ].filter(line => line !== '')
}

/** Its bugs, and what the kernel does about each. */
export function bugLines({ bugs, vulnerabilities }: CpuFacts): string[] {
  const told = Object.entries(vulnerabilities).filter(([, text]) => text !== 'Not affected')
  const spared = Object.keys(vulnerabilities).length - told.length
  return [
    bugs.length === 0 ? 'none' : bugs.join(', '),
    ...told.map(([name, text]) => `${name}: ${text}`),
    ...(spared > 0 ? [`not affected by ${counted(spared, 'other')}`] : []),
  ]
}

function apicLine(apic: CpuFacts['apic']): string[] {
  if (apic === null) return []
  return [`APIC ${apic.mode}${apic.routing === null ? '' : `, routing ${apic.routing}`}`]
}

function hex(value: number | null): string {
  return value === null ? 'unknown' : `0x${value.toString(16)}`
}
