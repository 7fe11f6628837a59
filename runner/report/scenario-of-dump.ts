import {
  type CpuDump,
  hex32,
  isHypervisorLeaf,
  registerNames,
  zeroRegisters,
} from '../cpuid/leaf.js'
import { formatRawDump } from '../cpuid/dump/write.js'
import { decodeVendor, signatureLength } from '../cpuid/signature.js'
import { findBase } from '../hypervisors/base.js'
import type { LeafLookup } from '../hypervisors/facts.js'
import type { Hypervisor } from '../hypervisors/hypervisor.js'
import { hypervisors } from '../hypervisors/table.js'
import { candidatesOf } from '../observe/detection-rule.js'
import { counted } from '../terminal/counted.js'
import { printable } from '../terminal/printable.js'

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
  const cpus = dump.cpus.map(({ leaves }, cpu) => ({
    cpu,
    leaves: dump.hypervisorLeaves ? leaves.filter(({ leaf }) => isHypervisorLeaf(leaf)) : leaves,
  }))
  const leaf = lookup(dump.cpus)
  const expected = expectedOf(leaf, dump.hypervisorLeaves)
  // Under `nopv` a kernel uses nothing of a hypervisor.
  const calls =
    expected.cmdline.length > 0 ? [] : hypervisors.flatMap(each => unansweredBy(each, leaf))
  const vendor = decodeVendor(leaf(0))
  const lines = [
    `name: ${dump.name}`,
    `summary: ${quoted(summaryOf(dump, leaf))}`,
    `source: ${quoted(dump.source)}`,
    // An emulated guest can execute what its model has, whatever CPUID says: `max` has the most.
    `cpu: { model: max${vendor.length === signatureLength ? `, vendor: ${quoted(vendor)}` : ''} }`,
    `machine: { cpus: ${cpus.length} }`,
    ...kernelOf(expected),
    'hypervisor-leaves: listed',
    'cpuid:',
    // What the dump has not, the model must not fill in.
    ...(dump.hypervisorLeaves ? [] : ['  - { range: [0x0, 0xffffffff], remove: true }']),
    '  - dump: |',
    ...formatRawDump(cpus)
      .trimEnd()
      .split('\n')
      .map(line => `      ${line}`),
    ...calls.map(({ entry }) => `  - ${entry}`),
    'expect:',
    ...expected.lines.map(line => `  ${line}`),
  ]
  return {
    yaml: lines.map(line => `${line}\n`).join(''),
    unserved: [...calls.map(({ says }) => says), ...expected.unserved],
  }
}

function lookup([first]: readonly CpuDump[]): LeafLookup {
  const leaves = new Map(
    first?.leaves.flatMap(({ leaf, subleaf, registers }) =>
      subleaf === 0 ? [[leaf, registers] as const] : [],
    ),
  )
  return leaf => leaves.get(leaf) ?? zeroRegisters
}

/** The entries that leave out the features of a hypervisor: a kernel that sees one uses it, and nobody answers. */
function unansweredBy(
  { title, signature, probe, bits = {}, block }: Hypervisor,
  leaf: LeafLookup,
): { entry: string; says: string }[] {
  const base = findBase(leaf, { ...probe, signature })
  if (base === null) return []
  return Object.entries(bits).flatMap(([offset, registers]) => {
    const number = base + Number(offset)
    const changed = registerNames.flatMap(name => {
      if (registers[name] === undefined) return []
      const without = block.leaves?.[Number(offset)]?.[name] ?? 0
      return leaf(number)[name] === without ? [] : [{ name, without }]
    })
    if (changed.length === 0) return []
    const values = changed.map(({ name, without }) => `${name}: ${hex32(without)}`)
    const were = changed.map(({ name }) => `${name} ${hex32(leaf(number)[name])}`).join(', ')
    return [
      {
        entry: `{ leaf: ${hex32(number)}, ${values.join(', ')} } # ${were} in the dump`,
        says: `${hex32(number)} ${were}: features of ${title} are left out, since their MSRs and hypercalls are answered by a real one alone; the last entries of \`cpuid\` do it`,
      },
    ]
  })
}

interface Expected {
  readonly lines: readonly string[]
  /** What the kernel must be built with. */
  readonly config: readonly string[]
  readonly cmdline: readonly string[]
  readonly unserved: readonly string[]
}

function expectedOf(leaf: LeafLookup, hypervisorLeavesAlone: boolean): Expected {
  // QEMU's CPUs have the hypervisor bit.
  const shown: LeafLookup = number =>
    hypervisorLeavesAlone && number === 1 ? { ...zeroRegisters, ecx: 2 ** 31 } : leaf(number)
  const candidates = candidatesOf({ leaf: shown })
  const [winner] = candidates.filter(({ refused }) => refused === null)
  const known = hypervisors.find(({ name }) => name === winner?.owner)
  const nothing = { config: [], cmdline: [], unserved: [] }
  if (winner === undefined || known === undefined) {
    const hasBit = shown(1).ecx >>> 31 === 1
    // A probe that refuses a hypervisor now may have taken it in an older kernel.
    const disputed = candidates.length > 0 && hasBit
    return { ...nothing, lines: [disputed ? '- outcome: reported' : '- hypervisor: none'] }
  }
  const config = known.symbols.filter(symbol => symbol !== 'HYPERVISOR_GUEST')
  const lines = [`- hypervisor: ${winner.name}`]
  if (known.name !== 'xen') return { ...nothing, config, lines }
  return {
    lines,
    config: config.map(symbol => (symbol === 'XEN_PVHVM' ? 'XEN_PVHVM|XEN_PVHVM_GUEST' : symbol)),
    cmdline: ['nopv'],
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

function summaryOf({ cpus, hypervisorLeaves }: DumpToImport, leaf: LeafLookup): string {
  const vendor = printable(decodeVendor(leaf(0)))
  const brand = brandOf(leaf)
  const name = brand === '' ? (vendor === '' ? 'a CPU' : `a CPU of ${vendor}`) : brand
  const { family, model, stepping } = versionOf(leaf(1).eax)
  const what = `${name}, family ${family}, model ${model}, stepping ${stepping}, ${counted(cpus.length, 'CPU')}`
  return hypervisorLeaves ? `the hypervisor leaves of ${name}` : what
}

/** The brand that 0x80000002-0x80000004 spell; empty without one. */
function brandOf(leaf: LeafLookup): string {
  const bytes = Buffer.alloc(48)
  const values = [2, 3, 4].flatMap(n => registerNames.map(name => leaf(0x80000000 + n)[name]))
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4))
  const [text = ''] = bytes.toString('latin1').split('\0')
  return printable(text.replace(/\s+/g, ' ').trim())
}

/** Family, model and stepping as Linux counts them (x86_family() and x86_model() of arch/x86/lib/cpu.c). */
function versionOf(eax: number) {
  const base = (eax >>> 8) & 0xf
  const family = base === 0xf ? base + ((eax >>> 20) & 0xff) : base
  const model = ((eax >>> 4) & 0xf) + (family >= 6 ? ((eax >>> 16) & 0xf) << 4 : 0)
  return { family, model, stepping: eax & 0xf }
}

/** A text as YAML has it. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
