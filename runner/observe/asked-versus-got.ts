import {
  type CpuDump,
  hex32,
  type LeafValue,
  type RegisterName,
  registerNames,
  type Registers,
  zeroRegisters,
} from '../cpuid/leaf.js'
import { editsSubleaf, type LeafEdit, leafName } from '../cpuid/leaf-edit.js'
import type { LeafTable } from '../plan/leaf-table.js'
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
 * Compares what a table asks with what each vCPU of the guest saw. Bits that the table keeps, and those that
 * {@link volatileBits} lists, are not compared.
 *
 * @param dumps - what the guest dumped, one for each vCPU
 * @returns the mismatches; none means that the override holds
 */
export function compareAskedWithGot(table: LeafTable, dumps: readonly CpuDump[]): Mismatch[] {
  return dumps.flatMap(dump => [
    ...table.edits.flatMap(edit => compareEdit(edit, table, dump)),
    ...table.absent.flatMap(({ first, last }) =>
      dump.leaves
        .filter(({ leaf }) => leaf >= first && leaf <= last)
        .filter(
          value =>
            !table.edits.some(
              edit => edit.leaf === value.leaf && editsSubleaf(edit, value.subleaf),
            ),
        )
        .flatMap(value => compareAbsent(value, dump)),
    ),
  ])
}

function compareEdit(edit: LeafEdit, table: LeafTable, dump: CpuDump): Mismatch[] {
  const values = dump.leaves.filter(
    ({ leaf, subleaf }) =>
      leaf === edit.leaf && editsSubleaf(edit, subleaf) && !hasOwnEdit(edit, table, subleaf),
  )
  if (values.length === 0) {
    const place = { cpu: dump.cpu, leaf: leafName(edit), register: null }
    return [{ ...place, asked: 'a value', got: 'not dumped' }]
  }
  return values.flatMap(value => {
    const { registers } = edit
    if (registers === null) return compareAbsent(value, dump)
    const absentBefore = table.absent.some(
      ({ first, last }) => edit.leaf >= first && edit.leaf <= last,
    )
    return registerNames.flatMap(register => {
      const { keep, set } = registers[register]
      // Within an absent range a leaf starts from zero: every bit is asked for.
      const wanted = absentBefore ? 0xffffffff : ~keep >>> 0
      return compareRegister(value, dump.cpu, register, set, wanted)
    })
  })
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
    compareRegister(value, dump.cpu, register, 0, 0xffffffff),
  )
}

/**
 * Whether a leaf reads as absent: zero on TCG and on KVM with an AMD vendor; on KVM with an Intel vendor the CPU
 * answers with its highest basic leaf (Intel SDM vol. 2A, CPUID; KVM's get_out_of_range_cpuid_entry()).
 */
export function readsAsAbsent({ registers }: LeafValue, { leaves }: CpuDump): boolean {
  if (sameRegisters(registers, zeroRegisters)) return true
  const highest = leaves.find(({ leaf }) => leaf === 0)?.registers.eax
  return leaves.some(other => other.leaf === highest && sameRegisters(registers, other.registers))
}

function sameRegisters(a: Registers, b: Registers): boolean {
  return registerNames.every(name => a[name] === b[name])
}

function compareRegister(
  { leaf, subleaf, registers }: LeafValue,
  cpu: number,
  register: RegisterName,
  asked: number,
  wanted: number,
): Mismatch[] {
  const compared = (wanted & ~volatileBits(leaf, register)) >>> 0
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
