import * as z from 'zod'
import { type CpuDump, hex32, isHypervisorLeaf, type LeafValue } from '../cpuid/leaf.js'
import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import {
  followingValue,
  type RegisterEdit,
  statedBits,
  vcpuValues,
} from '../cpuid/register-edit.js'
import { readsAsAbsent } from '../observe/asked-versus-got.js'
import type { ReadonlyDeep } from '../read-only.js'

const hex = z.string().regex(/^0x[0-9a-fx]{8}$/)
const bitmap = z.string().regex(/^0b[01x]{32}$/)
const askedRegister = z.union([hex, bitmap, z.enum(vcpuValues)])
const leaf = z.string().regex(/^0x[0-9a-f]{8}$/)

/** An edit of one leaf, as a record has it. */
export const askedLeafSchema = z
  .strictObject({
    leaf,
    subleaf: z.int().nullable().describe('null: whatever the subleaf'),
    registers: z
      .strictObject({
        eax: askedRegister,
        ebx: askedRegister,
        ecx: askedRegister,
        edx: askedRegister,
      })
      .nullable()
      .describe(
        'x stands for a digit that is not asked for, 0b… for bits of which x are not, a name for a value of the vCPU; null: the leaf is removed',
      ),
    cpus: z.array(z.int()).optional().describe('the vCPUs that it holds for; missing: every one'),
  })
  .describe('an edit of one leaf')

/** The leaves that one vCPU saw, as a record has them. */
export const seenLeavesSchema = z.strictObject({
  cpu: z.int(),
  leaves: z.array(
    z.strictObject({ leaf, subleaf: z.int(), eax: hex, ebx: hex, ecx: hex, edx: hex }),
  ),
})

/** See {@link askedLeafSchema}. */
export type AskedLeaf = ReadonlyDeep<z.output<typeof askedLeafSchema>>

/** See {@link seenLeavesSchema}. */
export type SeenLeaves = ReadonlyDeep<z.output<typeof seenLeavesSchema>>

/** An edit of a leaf as digits, or as bits where a digit is asked for in part; `x` for what is not asked for, or follows the vCPU. */
export function encodeAsked({ leaf, subleaf, cpus, registers }: LeafEdit): AskedLeaf {
  return {
    leaf: hex32(leaf),
    subleaf,
    registers: registers && mapRegisters(name => encodeRegister(registers[name])),
    ...(cpus && { cpus: [...cpus] }),
  }
}

function encodeRegister(edit: RegisterEdit): string {
  const { set, follow } = edit
  if (follow?.mask === 0xffffffff && (follow.shift ?? 0) === 0) return follow.value
  const stated = hex32(statedBits(edit)).slice(2)
  if (/[^0f]/.test(stated)) return bitmapOf(set, statedBits(edit))
  const digits = hex32(set).slice(2)
  return `0x${digits.replace(/./g, (digit, place: number) => (stated[place] === 'f' ? digit : 'x'))}`
}

function bitmapOf(set: number, stated: number): string {
  const bits = Array.from({ length: 32 }, (_, index) => {
    const bit = 31 - index
    return ((stated >>> bit) & 1) === 0 ? 'x' : String((set >>> bit) & 1)
  })
  return `0b${bits.join('')}`
}

/** The edit that a record tells of; what follows the vCPU in part is kept. */
export function decodeAsked({ leaf, subleaf, cpus, registers }: AskedLeaf): LeafEdit {
  return {
    leaf: Number(leaf),
    subleaf,
    registers: registers && mapRegisters(name => decodeRegister(registers[name])),
    ...(cpus && { cpus }),
  }
}

function decodeRegister(text: string): RegisterEdit {
  const value = vcpuValues.find(name => name === text)
  if (value !== undefined) return followingValue(value)
  const [base, digits] = [text.slice(0, 2), text.slice(2)]
  const all = base === '0b' ? '1' : 'f'
  return {
    keep: Number(base + digits.replace(/./g, digit => (digit === 'x' ? all : '0'))),
    set: Number(base + digits.replaceAll('x', '0')),
  }
}

/** The leaves of a vCPU, without those of the hypervisor range that read as absent: nothing but noise. */
export function encodeSeen(dump: CpuDump): SeenLeaves {
  const leaves = dump.leaves.filter(
    value => !isHypervisorLeaf(value.leaf) || !readsAsAbsent(value, dump),
  )
  return {
    cpu: dump.cpu,
    leaves: leaves.map(({ leaf, subleaf, registers }) => ({
      leaf: hex32(leaf),
      subleaf,
      ...mapRegisters(name => hex32(registers[name])),
    })),
  }
}

/** The leaves that a record has of a vCPU. */
export function decodeSeen({ cpu, leaves }: SeenLeaves): CpuDump {
  return {
    cpu,
    leaves: leaves.map((value): LeafValue => ({
      leaf: Number(value.leaf),
      subleaf: value.subleaf,
      registers: mapRegisters(name => Number(value[name])),
    })),
  }
}
