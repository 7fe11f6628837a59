import {
  type CpuDump,
  hex32,
  isHypervisorLeaf,
  registerNames,
  zeroRegisters,
} from '../cpuid/leaf.js'
import { formatRawDump } from '../cpuid/dump/write.js'
import { decodeVendor } from '../cpuid/signature.js'
import { findBase } from '../hypervisors/base.js'
import type { LeafLookup } from '../hypervisors/facts.js'
import type { Hypervisor } from '../hypervisors/hypervisor.js'
import { hypervisors } from '../hypervisors/table.js'
import { candidatesOf } from '../observe/detection-rule.js'
import { counted } from '../terminal/counted.js'
import { cpuName, cpuVersion } from './cpu-name.js'

/** What a scenario is to be made of. */
export interface DumpToImport {
  /** At least one, with at least one leaf. */
  readonly cpus: readonly CpuDump[]
  readonly name: string
  /** Where the dump is from, such as the name of its file. */
  readonly source: string
  /** Whether only the leaves 0x40000000-0x4000ffff are taken; the dump must have some. */
  readonly hypervisorLeaves: boolean
}

/** A scenario made of a dump. */
export interface ImportedScenario {
  /** The text of its file. */
  readonly yaml: string
  /** What of the dump is not served, and why, a line each. */
  readonly unserved: readonly string[]
}

/** Whether a dump has leaves of a hypervisor. */
export function hasHypervisorLeaves([first]: readonly CpuDump[]): boolean {
  return first?.leaves.some(({ leaf }) => isHypervisorLeaf(leaf)) === true
}

/**
 * The scenario whose guest is shown a dump, as a file of its own. Expected is what any kernel makes of it that knows the hypervisor:
 * its name.
 */
export function scenarioOfDump(dump: DumpToImport): ImportedScenario {
  const leaf = lookup(dump.cpus)
  const expected = expectedOf(leaf, dump.hypervisorLeaves)
  const cpus = dump.cpus.map(({ leaves }, cpu) => ({
    cpu,
    leaves: dump.hypervisorLeaves ? leaves.filter(({ leaf }) => isHypervisorLeaf(leaf)) : leaves,
  }))
  const vendor = decodeVendor(leaf(0))
  const lines = [
    `name: ${dump.name}`,
    `summary: ${quoted(dump.hypervisorLeaves ? `the hypervisor leaves of ${cpuName(leaf)}` : `${cpuName(leaf)}, ${cpuVersion(leaf)}, ${counted(cpus.length, 'CPU')}`)}`,
    `source: ${quoted(dump.source)}`,
    // An emulated guest can execute what its model has, whatever CPUID says: `max` has the most.
    `cpu: { model: max${/^[^\0,]{12}$/.test(vendor) ? `, vendor: ${quoted(vendor)}` : ''} }`,
    `machine: { cpus: ${cpus.length} }`,
    ...kernelOf(expected),
    'hypervisor-leaves: listed',
    'cpuid:',
    ...(dump.hypervisorLeaves ? [] : absentRanges(dump.cpus)),
    ...dumpEntries(cpus, expected),
    ...hypervisors.flatMap(each => neededBy(each, leaf)),
    'expect:',
    ...expected.lines.map(line => `  ${line}`),
  ]
  return {
    yaml: lines.map(line => `${line}\n`).join(''),
    unserved: [...hypervisors.flatMap(each => unansweredBy(each, leaf)), ...expected.unserved],
  }
}

// Of leaf 1 (APIC id, OSXSAVE) and leaf 7 (OSPKE) a dump leaves bits to the vCPU, which must not begin as absent.
const partlyKept = [1, 7]

/** The entries that keep the model from filling in what the dump has not. */
function absentRanges([first]: readonly CpuDump[]): string[] {
  const kept = partlyKept.filter(leaf => first?.leaves.some(each => each.leaf === leaf))
  const starts = [0, ...kept.map(leaf => leaf + 1)]
  const ends = [...kept.map(leaf => leaf - 1), 0xffffffff]
  return starts.map((start, index) => {
    return `  - { range: [0x${start.toString(16)}, 0x${(ends[index] ?? 0).toString(16)}], remove: true }`
  })
}

/** The dump as entries of `cpuid`: hypervisor leaves that must be shown although nobody answers stand by themselves. */
function dumpEntries(cpus: readonly CpuDump[], { exact }: Expected): string[] {
  const part = (serve: 'able' | 'exact', isPart: (leaf: number) => boolean) => {
    const parts = cpus
      .map(({ cpu, leaves }) => ({ cpu, leaves: leaves.filter(({ leaf }) => isPart(leaf)) }))
      .filter(({ leaves }) => leaves.length > 0)
    const text = formatRawDump(parts).trimEnd().split('\n')
    return parts.length === 0
      ? []
      : ['  - dump: |', ...text.map(line => `      ${line}`), `    serve: ${serve}`]
  }
  if (!exact) return part('able', () => true)
  return [...part('able', leaf => !isHypervisorLeaf(leaf)), ...part('exact', isHypervisorLeaf)]
}

function lookup([first]: readonly CpuDump[]): LeafLookup {
  const leaves = new Map(
    first?.leaves.flatMap(({ leaf, subleaf, registers }) =>
      subleaf === 0 ? [[leaf, registers] as const] : [],
    ),
  )
  return leaf => leaves.get(leaf) ?? zeroRegisters
}

/** The features without which a kernel does not take a hypervisor for one: they are shown, whoever answers. */
function neededBy({ signature, probe, bits = {}, block }: Hypervisor, leaf: LeafLookup): string[] {
  const base = findBase(leaf, { ...probe, signature })
  if (base === null) return []
  return Object.keys(bits).flatMap(offset => {
    const number = base + Number(offset)
    const needed = registerNames.flatMap(name => {
      const value = (block.leaves?.[Number(offset)]?.[name] ?? 0) & leaf(number)[name]
      return value === 0 ? [] : [`${name}: 0b${value.toString(2).replaceAll('0', 'x')}`]
    })
    return needed.length === 0 ? [] : [`  - { leaf: ${hex32(number)}, ${needed.join(', ')} }`]
  })
}

/** The features of a hypervisor that a dump shows, a line for each leaf: a kernel that sees one uses it. */
function unansweredBy(
  { title, signature, probe, bits = {} }: Hypervisor,
  leaf: LeafLookup,
): string[] {
  const base = findBase(leaf, { ...probe, signature })
  if (base === null) return []
  return Object.entries(bits).flatMap(([offset, registers]) => {
    const number = base + Number(offset)
    const shown = registerNames
      .filter(name => registers[name] !== undefined && leaf(number)[name] !== 0)
      .map(name => `${name} ${hex32(leaf(number)[name])}`)
    if (shown.length === 0) return []
    return [
      `${hex32(number)} ${shown.join(', ')}: features of ${title}, of which a guest is shown those alone that its accelerator answers`,
    ]
  })
}

interface Expected {
  readonly lines: readonly string[]
  /** What the kernel must be built with. */
  readonly config: readonly string[]
  readonly cmdline: readonly string[]
  /** Whether the hypervisor leaves are shown as they are. */
  readonly exact: boolean
  readonly unserved: readonly string[]
}

function expectedOf(leaf: LeafLookup, hypervisorLeavesAlone: boolean): Expected {
  // QEMU's CPUs have the hypervisor bit.
  const shown: LeafLookup = number =>
    hypervisorLeavesAlone && number === 1 ? { ...zeroRegisters, ecx: 2 ** 31 } : leaf(number)
  const candidates = candidatesOf({ leaf: shown })
  const [winner] = candidates.filter(({ refused }) => refused === null)
  const known = hypervisors.find(({ name }) => name === winner?.owner)
  const nothing = { config: [], cmdline: [], exact: false, unserved: [] }
  if (winner === undefined || known === undefined) {
    const hasBit = shown(1).ecx >>> 31 === 1
    // A probe that refuses a hypervisor now may have taken it in an older kernel.
    const disputed = candidates.length > 0 && hasBit
    return { ...nothing, lines: [disputed ? '- outcome: reported' : '- hypervisor: none'] }
  }
  const config = known.symbols.filter(symbol => symbol !== 'HYPERVISOR_GUEST')
  const lines = [`- hypervisor: ${winner.name}`]
  // Under `nopv` a kernel detects Xen and makes no hypercall.
  if (known.name !== 'xen') {
    if (known.presence === undefined) return { ...nothing, config, lines }
    const unserved = [`${known.title} is not shown: ${known.presence}`]
    return { ...nothing, unserved, lines: ['- outcome: reported'] }
  }
  return {
    lines,
    config: config.map(symbol => (symbol === 'XEN_PVHVM' ? 'XEN_PVHVM|XEN_PVHVM_GUEST' : symbol)),
    cmdline: ['nopv'],
    exact: true,
    unserved: [
      'Xen’s hypercalls are answered by a real one alone: with `nopv` the kernel detects it and makes none',
    ],
  }
}

function kernelOf({ config, cmdline }: Expected): string[] {
  const fields = [
    ...(config.length === 0 ? [] : [`config: [${config.join(', ')}]`]),
    ...(cmdline.length === 0 ? [] : [`cmdline: [${cmdline.join(', ')}]`]),
  ]
  return fields.length === 0 ? [] : [`kernel: { ${fields.join(', ')} }`]
}

/** A text as YAML has it. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
