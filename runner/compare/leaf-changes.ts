import type { Difference } from '../baseline/difference.js'
import { featureWords } from '../cpuid/feature-words.js'
import { leafName } from '../cpuid/leaf-edit.js'
import { decodeSignature } from '../cpuid/signature.js'
import { baseOf, hex32, isHypervisorLeaf, type RegisterName, registerNames } from '../cpuid/leaf.js'
import { hypervisors } from '../hypervisors/table.js'
import { nameOfBit } from '../hypervisors/bit-names.js'
import { volatileBits } from '../observe/volatile-bits.js'
import { decodeSeen } from '../record/cpuid.js'
import type { GuiseRecord } from '../record/schema.js'

/** A register of CPUID that the first vCPU of two guests read otherwise. */
export interface RegisterChange {
  /** `0x00000007.0` */
  readonly place: string
  readonly register: RegisterName
  /** The bits, by name, that are set in one and clear in the other; null where the register is a number and no set of bits. */
  readonly bits: { readonly set: readonly string[]; readonly cleared: readonly string[] } | null
  /** In hexadecimal. */
  readonly was: string
  readonly is: string
}

/** How what two guests saw of CPUID differs, without what belongs to a vCPU or hangs on what its kernel enabled. */
export function registerChanges(before: GuiseRecord, now: GuiseRecord): RegisterChange[] {
  const [one, two] = [before, now].map(({ cpuid }) => cpuid.got[0])
  if (one === undefined || two === undefined) return []
  const [old, fresh] = [leavesOf(one), leavesOf(two)]
  const places = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  return places.flatMap(place => {
    const [a, b] = [old.get(place), fresh.get(place)]
    const at = a ?? b
    if (at === undefined) return []
    const signature = signatureOf(at.leaf, b === undefined ? old : fresh)
    return registerNames.flatMap(register => {
      const ignored = volatileBits(at.leaf, register)
      const [was, is] = [a, b].map(each => ((each?.registers[register] ?? 0) & ~ignored) >>> 0)
      if (was === undefined || is === undefined || was === is) return []
      const bits = isSetOfBits(signature, at, register)
        ? {
            set: bitNamesOf(signature, { ...at, register }, is & ~was),
            cleared: bitNamesOf(signature, { ...at, register }, was & ~is),
          }
        : null
      if (bits === null && isMeasured(at.leaf)) return []
      return [{ place, register, bits, was: hex32(was), is: hex32(is) }]
    })
  })
}

/** The changes of registers without those of leaves that were asked for otherwise, which say it themselves. */
export function notAsked(
  registers: readonly RegisterChange[],
  asked: readonly Pick<Difference, 'id'>[],
): RegisterChange[] {
  // An id may say of which vCPUs, too.
  const told = asked.map(({ id }) => id?.split(' ', 1)[0] ?? '')
  return registers.filter(
    ({ place }) => !told.some(leaf => place === leaf || place.startsWith(`${leaf}.`)),
  )
}

function leavesOf(seen: Parameters<typeof decodeSeen>[0]) {
  return new Map(decodeSeen(seen).leaves.map(value => [leafName(value), value]))
}

function signatureOf(leaf: number, leaves: ReturnType<typeof leavesOf>): string {
  if (!isHypervisorLeaf(leaf)) return ''
  const base = leaves.get(leafName({ leaf: baseOf(leaf), subleaf: 0 }))
  return base === undefined ? '' : decodeSignature(base.registers)
}

/** Whether the numbers of a leaf are a hypervisor's own measurements, such as frequencies and Xen's times; a base's are not. */
function isMeasured(leaf: number): boolean {
  return isHypervisorLeaf(leaf) && leaf !== baseOf(leaf)
}

interface Place {
  readonly leaf: number
  readonly subleaf: number
}

function isSetOfBits(signature: string, { leaf, subleaf }: Place, register: RegisterName): boolean {
  if (!isHypervisorLeaf(leaf)) {
    return featureWords.some(
      word => word.leaf === leaf && word.subleaf === subleaf && word.register === register,
    )
  }
  const { bits } = hypervisors.find(each => each.signature === signature) ?? {}
  return bits?.[leaf - baseOf(leaf)]?.[register] !== undefined
}

function bitNamesOf(
  signature: string,
  place: Place & { readonly register: RegisterName },
  value: number,
): string[] {
  return Array.from({ length: 32 }, (_, bit) => bit)
    .filter(bit => ((value >>> bit) & 1) === 1)
    .map(bit => nameOfBit(signature, { ...place, bit }) ?? `bit ${bit}`)
}
