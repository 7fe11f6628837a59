import { bitName, hasBit } from '../cpuid/executable.js'
import { featureWords } from '../cpuid/feature-words.js'
import { baseOf, hex32, isHypervisorLeaf, type RegisterName, registerNames } from '../cpuid/leaf.js'
import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { statedBits } from '../cpuid/register-edit.js'
import { decodeSignature, decodeVendor, vendorLeaves } from '../cpuid/signature.js'
import { statedFrequencies, tscLeaves } from '../cpuid/tsc-frequency.js'
import { bitNames } from '../hypervisors/bit-names.js'
import { hypervisors } from '../hypervisors/table.js'
import type { LeafTable } from '../plan/leaf-table.js'
import { cpuVersion, nameIn } from './cpu-name.js'

/**
 * What the stated part of a leaf says, a line each: vendor and signature as text, family, model and stepping, the CPU's name, the TSC's
 * frequency, and features by name. What an edit keeps of the CPU model is not known here, and not told.
 *
 * @param table - what else the guest is shown: the base of a hypervisor's leaf, the rest of a name
 */
export function decodeLeaf(edit: LeafEdit, table: LeafTable): string[] {
  if (edit.registers === null) return []
  return [
    ...spelled(edit),
    ...version(edit),
    ...name(edit, table),
    ...frequency(edit, table),
    ...registerNames.flatMap(register => [
      ...features(edit, register),
      ...hypervisorBits(edit, register, table),
    ]),
  ]
}

// EAX of the first leaf of a range is the highest one.
const rangeStarts = [0, 0x80000000, 0xc0000000]

/** The vendor or signature that a leaf spells, and the highest leaf behind it. */
function spelled(edit: LeafEdit): string[] {
  const { leaf } = edit
  const isBase = isHypervisorLeaf(leaf) && leaf === baseOf(leaf)
  const isWhole = (['ebx', 'ecx', 'edx'] as const).every(register => states(edit, register))
  const vendor = isWhole && vendorLeaves.includes(leaf) ? decodeVendor(valuesOf(edit)) : ''
  const signature = isWhole && isBase ? decodeSignature(valuesOf(edit)) : null
  const title = hypervisors.find(each => each.signature === signature)?.title
  const hasHighest = (isBase || rangeStarts.includes(leaf)) && states(edit, 'eax')
  return [
    ...(vendor === '' ? [] : [`vendor "${vendor}"`]),
    ...(signature === null
      ? []
      : signature === ''
        ? ['no signature']
        : [
            `signature "${signature}", ${title === undefined ? 'which no probe of Linux knows' : `that of ${title}`}`,
          ]),
    ...(hasHighest ? [`highest leaf ${hex32(valuesOf(edit).eax)}`] : []),
  ]
}

/** Type, family, model and stepping: all of leaf 1's EAX but what is reserved. */
const versionBits = 0x0fff3fff

function version(edit: LeafEdit): string[] {
  return edit.leaf === 1 && states(edit, 'eax', versionBits)
    ? [cpuVersion(() => valuesOf(edit))]
    : []
}

const nameLeaves = [0x80000002, 0x80000003, 0x80000004]

/** The name, on the first of its leaves where it is whole; else as much of it as a leaf has. */
function name(edit: LeafEdit, table: LeafTable): string[] {
  const isName = (each: LeafEdit) =>
    nameLeaves.includes(each.leaf) && registerNames.every(register => states(each, register))
  if (!isName(edit)) return []
  const parts = nameLeaves.map(leaf =>
    table.edits.find(each => each.leaf === leaf && isName(each) && sameCpus(each, edit)),
  )
  const whole = parts.flatMap(each => (each === undefined ? [] : [each]))
  if (whole.length < nameLeaves.length) return [`part of the name, "${nameIn([valuesOf(edit)])}"`]
  return edit.leaf === nameLeaves[0] ? [`name "${nameIn(whole.map(valuesOf))}"`] : []
}

function frequency(edit: LeafEdit, { edits }: LeafTable): string[] {
  if (!frequencyLeaves.includes(edit.leaf)) return []
  const alike = edits.filter(each => each.cpus === undefined || sameCpus(each, edit))
  return statedFrequencies(alike)
    .filter(({ leaf }) => leaf === edit.leaf)
    .map(({ khz }) => `tells of a TSC of ${khz} kHz`)
}

const frequencyLeaves: readonly number[] = Object.values(tscLeaves)

function sameCpus(a: LeafEdit, b: LeafEdit): boolean {
  return a.cpus?.join() === b.cpus?.join()
}

/** The features of a register by name: those that are set, and where few are stated those that are cleared. */
function features(edit: LeafEdit, register: RegisterName): string[] {
  const word = featureWords.find(
    each =>
      each.leaf === edit.leaf && each.subleaf === (edit.subleaf ?? 0) && each.register === register,
  )
  if (word === undefined) return []
  const { set, cleared } = bitsOf(edit, register)
  const named = (bits: readonly number[]) => [...new Set(bits.map(bit => bitName(word, bit)))]
  return told(register, named(set), named(cleared))
}

/** The same of a hypervisor's leaf, whose names are its own. */
function hypervisorBits(edit: LeafEdit, register: RegisterName, table: LeafTable): string[] {
  if (!isHypervisorLeaf(edit.leaf)) return []
  const signature = signatureAt(baseOf(edit.leaf), edit, table)
  const { set, cleared } = bitsOf(edit, register)
  const named = (bits: readonly number[]) =>
    bits.flatMap(bit => bitNames(signature, edit.leaf, register, (1 << bit) >>> 0))
  return told(register, named(set), named(cleared))
}

function told(register: RegisterName, has: readonly string[], lacks: readonly string[]): string[] {
  const parts = [
    ...(has.length === 0 ? [] : [has.join(' ')]),
    ...(lacks.length === 0 ? [] : [`without ${lacks.join(' ')}`]),
  ]
  return parts.length === 0 ? [] : [`${register}: ${parts.join('; ')}`]
}

/** The bits that are set; and those that are cleared in a register of which most are kept: of a whole value they are too many to tell. */
function bitsOf(edit: LeafEdit, register: RegisterName): { set: number[]; cleared: number[] } {
  const value = edit.registers?.[register]
  if (value === undefined) return { set: [], cleared: [] }
  const bits = Array.from({ length: 32 }, (_, bit) => bit)
  const isSparse = bits.filter(bit => hasBit(value.keep, bit)).length >= 16
  const mask = isSparse ? statedBits(value) & ~value.set : 0
  return {
    set: bits.filter(bit => hasBit(value.set, bit)),
    cleared: bits.filter(bit => hasBit(mask, bit)),
  }
}

/** The signature at the base of a leaf, as the vCPUs of its edit see it. */
function signatureAt(base: number, { cpus }: LeafEdit, { edits }: LeafTable): string {
  const [first] = cpus ?? [0]
  const edit = edits.find(each => each.leaf === base && (each.cpus?.includes(first ?? 0) ?? true))
  return edit === undefined || edit.registers === null ? '' : decodeSignature(valuesOf(edit))
}

/** Whether an edit states these bits of a register, rather than to keep them or to leave them to the vCPU. */
function states(edit: LeafEdit, register: RegisterName, bits = 0xffffffff): boolean {
  const value = edit.registers?.[register]
  return value !== undefined && (~statedBits(value) & bits) >>> 0 === 0
}

/** The bits that an edit sets. */
function valuesOf({ registers }: LeafEdit): Record<RegisterName, number> {
  return mapRegisters(register => registers?.[register].set ?? 0)
}
