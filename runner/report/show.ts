import { cpusInWords } from '../cpuid/cpu-list.js'
import type { Executable } from '../cpuid/executable.js'
import { baseOf, hex32, isHypervisorLeaf, registerNames } from '../cpuid/leaf.js'
import { type LeafEdit, leafName, mapRegisters } from '../cpuid/leaf-edit.js'
import { decodeSignature } from '../cpuid/signature.js'
import { bitNames } from '../hypervisors/bit-names.js'
import type { LeafTable } from '../plan/leaf-table.js'
import { isAble, serveTable } from '../plan/serve.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import { printable } from '../terminal/printable.js'
import { encodeAsked } from '../record/cpuid.js'

/** An accelerator, as a reader knows it, and what it can execute; null where that could not be learned. */
export interface ShownAccelerator {
  readonly name: string
  readonly executable: Executable | null
}

/**
 * What a scenario comes to in words, a line each: the leaves that its guest is shown, and what is expected of the kernel.
 *
 * @param accelerator - where its guest would run; without it nothing is withheld
 */
export function showScenario(scenario: Scenario, accelerator?: ShownAccelerator): string[] {
  const { table, withheld, lacking } = serveTable(scenario, accelerator?.executable ?? null)
  const [first, ...others] = scenario.expect
  return [
    'the leaves that it changes; x keeps what the CPU model has',
    ...table.absent.map(
      range => `  ${hex32(range.first)} to ${hex32(range.last)}${onCpus(range)}  absent`,
    ),
    ...table.edits.map(edit => `  ${showLeaf(edit, table)}`),
    ...showFeatures(withheld, lacking, scenario, accelerator),
    ...(scenario.drive.length === 0
      ? []
      : ['what the guest’s init drives, as user space once did', `  ${scenario.drive.join(', ')}`]),
    'what is expected',
    ...[first, ...others].flatMap((each, index) =>
      each === undefined ? [] : [`  ${conditionOf(each, index)}${showExpectation(each)}`],
    ),
  ].map(printable)
}

function showFeatures(
  withheld: readonly string[],
  lacking: readonly string[],
  { steps }: Scenario,
  accelerator: ShownAccelerator | undefined,
): string[] {
  if (accelerator === undefined) return []
  const { name, executable } = accelerator
  if (executable === null) {
    return steps.some(isAble) ? [`withheld: what ${name} cannot execute, which it did not say`] : []
  }
  const named = (how: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`${how} under ${name}, which cannot execute it`, `  ${names.join(', ')}`]
  return [...named('withheld', withheld), ...named('shown', lacking)]
}

function showLeaf(edit: LeafEdit, table: LeafTable): string {
  const asked = encodeAsked(edit).registers
  const place = `${leafName(edit)}${onCpus(edit)}`
  if (asked === null) return `${place}  absent`
  const values = registerNames
    .filter(name => asked[name] !== '0xxxxxxxxx')
    .map(name => `${name} ${asked[name]}`)
  const signature = signatureAt(baseOf(edit.leaf), table)
  const isBase = isHypervisorLeaf(edit.leaf) && edit.leaf === baseOf(edit.leaf)
  const notes = [
    ...(isBase ? [`"${signature}", highest leaf ${asked.eax}`] : []),
    ...registerNames.flatMap(name => {
      const bits = bitNames(signature, edit.leaf, name, edit.registers?.[name].set ?? 0)
      return bits.length === 0 ? [] : [`${name} ${bits.join(' ')}`]
    }),
  ]
  return `${place}  ${values.join(' ')}${notes.length === 0 ? '' : `: ${notes.join('; ')}`}`
}

function onCpus({ cpus }: Pick<LeafEdit, 'cpus'>): string {
  return cpus === undefined ? '' : ` on ${cpusInWords(cpus)}`
}

function signatureAt(base: number, { edits }: LeafTable): string {
  const registers = edits.find(({ leaf }) => leaf === base)?.registers
  return registers ? decodeSignature(mapRegisters(name => registers[name].set)) : ''
}

function conditionOf({ when, why }: Expectation, index: number): string {
  const conditions = Object.entries(when ?? {}).map(([name, value]) => `${name} ${value}`)
  const because = why === undefined ? '' : ` (${why})`
  if (conditions.length > 0) return `when ${conditions.join(' and ')}${because}: `
  return index > 0 ? `else${because}: ` : because === '' ? '' : `${because.trim()} `
}

type Shown = string | number | readonly (string | number)[] | undefined

/** What is expected of the CPUs: `cpu vendor GenuineIntel`, `flags has aes`. */
function cpuExpected(expected: Expectation): string[] {
  const words = (of: Readonly<Record<string, Shown>> | undefined, label: string) =>
    Object.entries(of ?? {}).flatMap(([name, value = []]) => {
      const text = typeof value === 'object' ? value.join(' ') : String(value)
      return text === '' ? [] : [`${label} ${name} ${text}`]
    })
  return [
    ...words(expected.cpu, 'cpu'),
    ...words(expected.flags, 'flags'),
    ...words(expected.bugs, 'bugs'),
    ...words(expected.vulnerabilities, 'vulnerability'),
    ...words(expected.topology, 'topology'),
    ...words(expected.tsc, 'tsc'),
    ...(expected.breaks === undefined ? [] : [`breaks ${expected.breaks.join(', ') || 'no rule'}`]),
    ...(expected.caches ?? []).map(cache => `a cache of${words(cache, '').join(',')}`),
  ]
}

/** `hypervisor KVM; clocksource tsc, with hpet; adopts clock.kvm`. */
function showExpectation(expected: Expectation): string {
  const { outcome, clocksource, drivers, log } = expected
  const list = (word: string, items: readonly string[] = [], joint = ' ') =>
    items.length === 0 ? [] : [`${word} ${items.join(joint)}`]
  const clocks = [
    ...(clocksource?.current === undefined ? [] : [clocksource.current]),
    ...list('with', clocksource?.includes),
    ...list('without', clocksource?.excludes),
  ]
  const simple = (['died-in', 'stuck-in', 'hypervisor', 'paravirt', 'sysfs-type'] as const).flatMap(
    field => (expected[field] === undefined ? [] : [`${field} ${expected[field]}`]),
  )
  const parts = [
    ...(outcome === 'reported' ? [] : [`outcome ${outcome}`]),
    ...simple,
    ...(clocks.length === 0 ? [] : [`clocksource ${clocks.join(', ')}`]),
    ...list('offers', expected.offers),
    ...list('adopts', expected.adopts),
    ...list('leaves alone', expected.rejects),
    ...drivers.map(
      ({ device, class: code, driver }) =>
        `driver ${driver} for ${device ?? `class ${code ?? ''}`}`,
    ),
    ...cpuExpected(expected),
    ...list('log has', log?.has, ', '),
    ...list('log lacks', log?.lacks, ', '),
  ]
  return parts.length === 0 ? 'that it comes up and reports' : parts.join('; ')
}
