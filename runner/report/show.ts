import { cpusInWords } from '../cpuid/cpu-list.js'
import { type Executable, hasBit } from '../cpuid/executable.js'
import { hex32, type RegisterName, registerNames } from '../cpuid/leaf.js'
import { type LeafEdit, leafName } from '../cpuid/leaf-edit.js'
import { isEmptyTable } from '../plan/leaf-table.js'
import { isAble, serveTable } from '../plan/serve.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import { printable } from '../terminal/printable.js'
import { encodeAsked } from '../record/cpuid.js'
import { formatRows, type Row, wrap } from './columns.js'
import { decodeLeaf } from './decode-leaf.js'
import { conditionInWords, expectationRows } from './expectation-words.js'

/** An accelerator, as a reader knows it, and what it can execute; null where that could not be learned. */
export interface ShownAccelerator {
  readonly name: string
  readonly executable: Executable | null
}

/**
 * What a scenario comes to in words, a line each: the leaves that its guest is shown, what they say, and what is expected of the kernel.
 *
 * @param accelerator - where its guest would run; without it nothing is withheld
 * @param width - columns of a line; null where nothing is broken
 */
export function showScenario(
  scenario: Scenario,
  accelerator?: ShownAccelerator,
  width: number | null = null,
): string[] {
  const { table, withheld, lacking } = serveTable(scenario, accelerator?.executable ?? null)
  const said = table.edits.flatMap(edit =>
    decodeLeaf(edit, table).map(text => ({ label: placeOf(edit), text })),
  )
  const changesNothing = isEmptyTable(table)
  return [
    changesNothing
      ? 'it changes no leaf'
      : 'the leaves that it changes; x keeps what the CPU model has',
    ...table.absent.map(
      range => `  ${hex32(range.first)} to ${hex32(range.last)}${onCpus(range)}  absent`,
    ),
    ...linesOfRows(table.edits.map(showLeaf), width),
    ...(said.length === 0 ? [] : ['what they say', ...linesOfRows(said, width)]),
    ...showFeatures(withheld, lacking, scenario, accelerator, width),
    ...(scenario.drive.length === 0
      ? []
      : ['what the guest’s init drives, as user space once did', `  ${scenario.drive.join(', ')}`]),
    scenario.expect.length > 1 ? 'expects, by the first rule that holds' : 'expects',
    ...scenario.expect.flatMap((each, index) => showRule(each, index, width)),
  ].map(printable)
}

function showFeatures(
  withheld: readonly string[],
  lacking: readonly string[],
  { steps }: Scenario,
  accelerator: ShownAccelerator | undefined,
  width: number | null,
): string[] {
  if (accelerator === undefined) return []
  const { name, executable } = accelerator
  if (executable === null) {
    return steps.some(isAble) ? [`withheld: what ${name} cannot execute, which it did not say`] : []
  }
  const named = (how: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`${how} under ${name}, which cannot execute it`, ...wrapped(names.join(', '), width, 2)]
  return [...named('withheld', withheld), ...named('shown', lacking)]
}

function showLeaf(edit: LeafEdit): Row {
  const asked = encodeAsked(edit).registers
  const label = placeOf(edit)
  if (asked === null) return { label, text: 'absent' }
  // A register and its value stay together.
  const values = registerNames
    .map(name => [name, bitmapOf(edit, name) ?? asked[name]] as const)
    .filter(([, value]) => value !== '0xxxxxxxxx')
    .map(([name, value]) => `${name} ${value}`)
  return { label, text: values }
}

/** A register of which single bits are stated as a scenario writes it: `0b0xxx`; null where digits say it better. */
function bitmapOf({ registers }: LeafEdit, name: RegisterName): string | null {
  const { keep = 0, set = 0 } = registers?.[name] ?? {}
  const digits = Array.from({ length: 32 }, (_, index) => {
    const bit = 31 - index
    return hasBit(keep, bit) ? 'x' : hasBit(set, bit) ? '1' : '0'
  }).join('')
  const groups = digits.match(/.{4}/g) ?? []
  const isMixed = groups.some(group => /x/.test(group) && /[01]/.test(group))
  const isSparse = digits.replaceAll('x', '').length <= 16
  return isMixed && isSparse ? `0b${groups.join('_').replace(/^(?:xxxx_)+/, '')}` : null
}

/** A rule: when it counts and why, and below that what it expects. */
function showRule(expected: Expectation, index: number, width: number | null): string[] {
  const condition = conditionInWords(expected, index === 0 ? 'first' : 'later')
  const why = expected.why === undefined ? [] : [{ label: 'why', text: expected.why }]
  const rows = [...why, ...expectationRows(expected)]
  return [
    ...wrapped(condition, width, 2),
    ...linesOfRows(rows, width === null ? null : width - 2).map(line => `  ${line}`),
  ]
}

function placeOf(edit: LeafEdit): string {
  return `${leafName(edit)}${onCpus(edit)}`
}

function onCpus({ cpus }: Pick<LeafEdit, 'cpus'>): string {
  return cpus === undefined ? '' : ` on ${cpusInWords(cpus)}`
}

/** Rows as lines. What is not printable is told so before it is broken into lines, which has its own line ends. */
function linesOfRows(rows: readonly Row[], width: number | null): string[] {
  const shown = rows.map(({ label, text }) => ({
    label: printable(label),
    text: typeof text === 'string' ? printable(text) : text.map(printable),
  }))
  return splitLines(formatRows(shown, width, label => label))
}

function wrapped(text: string, width: number | null, indent: number): string[] {
  return splitLines(`${' '.repeat(indent)}${wrap(printable(text), width, indent)}`)
}

function splitLines(text: string): string[] {
  return text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map(line => line.trimEnd())
}
