import {
  baseOf,
  baseStride,
  type CpuDump,
  hex32,
  isSoftwareLeaf,
  type LeafValue,
  type RegisterName,
  registerNames,
  type Registers,
  zeroRegisters,
} from '../cpuid/leaf.js'
import { editsSubleaf, type LeafEdit, leafName } from '../cpuid/leaf-edit.js'
import { type FollowedBits, statedBits } from '../cpuid/register-edit.js'
import { type LeafTable, tableOfCpu } from '../plan/leaf-table.js'
import { volatileBits } from './volatile-bits.js'

/** One place where the guest's CPUID is not what was asked. */
export interface Mismatch {
  readonly cpu: number
  /** Such as `0x40000003` or `0x0000000d.1`. */
  readonly leaf: string
  /** The register, or null where the guest did not dump the leaf at all. */
  readonly register: RegisterName | null
  /** The value asked for, with `x` for each hexadecimal digit that has a bit nobody asked for. */
  readonly asked: string
  readonly got: string
}

/**
 * Compares what a table asks with what each vCPU of the guest saw: the leaves that it names, and that no other is there which QEMU
 * would make up. Bits that the table keeps, and those that {@link volatileBits} lists, are not compared.
 *
 * @param dumps - what the guest dumped, one for each vCPU
 * @returns the mismatches; none means that the override holds
 */
export function compareAskedWithGot(table: LeafTable, dumps: readonly CpuDump[]): Mismatch[] {
  return dumps.flatMap(dump => compareCpu(tableOfCpu(table, dump.cpu), dump))
}

function compareCpu(table: LeafTable, dump: CpuDump): Mismatch[] {
  const unnamed = dump.leaves.filter(
    ({ leaf, subleaf }) =>
      !table.edits.some(edit => edit.leaf === leaf && editsSubleaf(edit, subleaf)),
  )
  return [
    ...table.edits.flatMap(edit => compareEdit(edit, table, dump)),
    ...unnamed
      .filter(value => isAbsent(value.leaf, table) || isMadeUp(value, dump))
      .flatMap(value => compareAbsent(value, dump)),
  ]
}

function isAbsent(leaf: number, { absent }: LeafTable): boolean {
  return absent.some(({ first, last }) => leaf >= first && leaf <= last)
}

// Caches and topology have one form in both places (AMD APM vol. 3, appendix E.4); a CPU of QEMU's shows the caches in both, if its
// vendor is neither.
const sameAsIntels: ReadonlyMap<number, number> = new Map([
  [0x1f, 0xb],
  [0x8000001d, 0x4],
  [0x80000026, 0xb],
])

/**
 * Whether a leaf is QEMU's answer for one that its model does not have: under TCG it repeats its last basic leaf there
 * (cpu_x86_cpuid() in target/i386/cpu.c), which no leaf that is real does but AMD's ones for Intel's of the same contents.
 */
function isMadeUp(value: LeafValue, { leaves }: CpuDump): boolean {
  if (value.subleaf !== 0 || isSoftwareLeaf(value.leaf)) return false
  return leaves.some(
    ({ leaf, subleaf, registers }) =>
      leaf < value.leaf &&
      leaf < baseStride &&
      subleaf === 0 &&
      sameAsIntels.get(value.leaf) !== leaf &&
      sameRegisters(registers, value.registers),
  )
}

function compareEdit(edit: LeafEdit, table: LeafTable, dump: CpuDump): Mismatch[] {
  const ofLeaf = dump.leaves.filter(
    ({ leaf, subleaf }) => leaf === edit.leaf && editsSubleaf(edit, subleaf),
  )
  if (ofLeaf.length === 0) {
    const place = { cpu: dump.cpu, leaf: leafName(edit), register: null }
    return [{ ...place, asked: 'a value', got: 'not dumped' }]
  }
  const values = ofLeaf.filter(({ subleaf }) => !hasOwnEdit(edit, table, subleaf))
  return values.flatMap(value => {
    const { registers } = edit
    if (registers === null) return compareAbsent(value, dump)
    const absentBefore = isAbsent(edit.leaf, table)
    return registerNames.flatMap(register => {
      const { set, follow } = registers[register]
      // Within an absent range a leaf starts from zero: every bit is asked for.
      const stated = absentBefore ? ~(follow?.mask ?? 0) : statedBits(registers[register])
      const followed = followedBits(follow, table, dump)
      const compared = (stated & ~volatileBits(edit.leaf, register)) | followed.known
      return compareRegister(value, dump.cpu, register, (set | followed.bits) >>> 0, compared >>> 0)
    })
  })
}

/** What is known of bits that follow the vCPU: those of its APIC id that leaf 1 shows, if the table leaves them there. */
function followedBits(
  follow: FollowedBits | undefined,
  { edits }: LeafTable,
  { leaves }: CpuDump,
): { bits: number; known: number } {
  const first = leaves.find(({ leaf }) => leaf === 1)?.registers.ebx
  const stated = edits.some(
    ({ leaf, registers }) => leaf === 1 && (registers?.ebx.keep ?? 0) >>> 24 !== 0xff,
  )
  const isId = follow?.value === 'apic-id' || follow?.value === 'x2apic-id'
  if (!isId || first === undefined || stated) return { bits: 0, known: 0 }
  const { shift = 0, mask } = follow
  const known = mask & (0xff >>> shift)
  return { bits: ((first >>> 24) >>> shift) & known, known }
}

/** Whether an edit for every subleaf gives way to one for just this subleaf. */
function hasOwnEdit(edit: LeafEdit, table: LeafTable, subleaf: number): boolean {
  return (
    edit.subleaf === null &&
    table.edits.some(other => other.leaf === edit.leaf && other.subleaf === subleaf)
  )
}

function compareAbsent(value: LeafValue, dump: CpuDump): Mismatch[] {
  if (readsAsAbsent(value, dump)) return []
  return registerNames.flatMap(register =>
    compareRegister(value, dump.cpu, register, 0, ~volatileBits(value.leaf, register) >>> 0),
  )
}

/**
 * Whether a leaf reads as absent: zero on TCG and on KVM with an AMD vendor. On KVM with an Intel vendor the CPU answers with its
 * highest basic leaf, but only above the highest leaf of the range (Intel SDM vol. 2A, CPUID; KVM's get_out_of_range_cpuid_entry()).
 */
export function readsAsAbsent({ leaf, registers }: LeafValue, { leaves }: CpuDump): boolean {
  if (sameRegisters(registers, zeroRegisters)) return true
  const first = rangeFirst(leaf)
  const told = leaves.find(other => other.leaf === first)?.registers.eax ?? 0
  if (leaf !== first && rangeFirst(told) === first && leaf <= told) return false
  const highest = leaves.find(other => other.leaf === 0)?.registers.eax
  return leaves.some(other => other.leaf === highest && sameRegisters(registers, other.registers))
}

/** The first leaf of the range in which KVM and the CPU look for the highest leaf; hypervisors have a range for each base. */
function rangeFirst(leaf: number): number {
  return isSoftwareLeaf(leaf) ? baseOf(leaf) : (leaf & 0xffff0000) >>> 0
}

function sameRegisters(a: Registers, b: Registers): boolean {
  return registerNames.every(name => a[name] === b[name])
}

/** @param compared - the bits that are compared */
function compareRegister(
  { leaf, subleaf, registers }: LeafValue,
  cpu: number,
  register: RegisterName,
  asked: number,
  compared: number,
): Mismatch[] {
  if (((registers[register] ^ asked) & compared) === 0) return []
  return [
    {
      cpu,
      leaf: leafName({ leaf, subleaf: subleaf === 0 ? null : subleaf }),
      register,
      asked: withUnasked(asked, compared),
      got: hex32(registers[register]),
    },
  ]
}

/** `0x40000xx6`: the digits that are asked for in full, and `x` for the rest. */
function withUnasked(value: number, wanted: number): string {
  const digits = hex32(value).slice(2)
  const mask = hex32(wanted).slice(2)
  return `0x${digits.replace(/./g, (digit, place: number) => (mask[place] === 'f' ? digit : 'x'))}`
}

/** One line for a mismatch. */
export function formatMismatch({ cpu, leaf, register, asked, got }: Mismatch): string {
  return `CPU ${cpu}: ${leaf}${register === null ? '' : ` ${register}`}: asked ${asked}, got ${got}`
}
