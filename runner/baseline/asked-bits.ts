import { baseOf, isHypervisorLeaf, type RegisterName, registerNames } from '../cpuid/leaf.js'
import { decodeSignature } from '../cpuid/signature.js'
import { nameOfBit } from '../hypervisors/bit-names.js'
import type { Fact } from './fact.js'

/** A bit of the CPUID that is asked for, and how it differs. */
export interface BitChange {
  readonly register: RegisterName
  readonly bit: number
  /** The kernel's or the hypervisor's name of it; null where nobody has named it. */
  readonly name: string | null
  /** `x`: it is not asked for. */
  readonly was: BitState
  readonly is: BitState
}

/** A bit that is set, clear, or not asked for. */
export type BitState = '0' | '1' | 'x'

/**
 * The bits of one leaf that are asked for otherwise than before.
 *
 * @param facts - all that are known of the guest: which hypervisor's leaf it is stands in another one
 */
export function bitChanges(
  gone: Fact | undefined,
  fresh: Fact | undefined,
  facts: readonly Fact[],
): BitChange[] {
  const id = gone?.id ?? fresh?.id ?? ''
  const { leaf = 0, subleaf = 0 } = placeIn(id)
  const [before, now] = [registersOf(gone), registersOf(fresh)]
  const signature = isHypervisorLeaf(leaf) ? signatureAt(baseOf(leaf), facts) : ''
  return registerNames.flatMap(register =>
    Array.from({ length: 32 }, (_, bit) => bit).flatMap(bit => {
      const [was, is] = [before, now].map(each => bitOf(each[register], bit))
      if (was === undefined || is === undefined || was === is) return []
      return [
        { register, bit, name: nameOfBit(signature, { leaf, subleaf, register, bit }), was, is },
      ]
    }),
  )
}

function placeIn(id: string): { leaf?: number; subleaf?: number } {
  const [, leaf, subleaf] = /^(0x[0-9a-f]{8})(?:\.(\d+))?/.exec(id) ?? []
  return { ...(leaf && { leaf: Number(leaf) }), ...(subleaf && { subleaf: Number(subleaf) }) }
}

type AskedRegisters = Partial<Record<RegisterName, string>>

function registersOf(fact: Fact | undefined): AskedRegisters {
  const pairs = (fact?.value ?? '').matchAll(/\b(e[a-d]x)=(\S+)/g)
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value])) as AskedRegisters
}

function bitOf(value: string | undefined, bit: number): BitState {
  if (value?.startsWith('0b')) {
    const state = value.at(-1 - bit)
    return state === '0' || state === '1' ? state : 'x'
  }
  const digit = value?.startsWith('0x') ? value.at(-1 - Math.floor(bit / 4)) : undefined
  if (digit === undefined || digit === 'x') return 'x'
  return ((Number.parseInt(digit, 16) >>> (bit % 4)) & 1) === 1 ? '1' : '0'
}

function signatureAt(base: number, facts: readonly Fact[]): string {
  const fact = facts.find(({ kind, id }) => kind === 'asked' && placeIn(id ?? '').leaf === base)
  const { ebx, ecx, edx } = registersOf(fact)
  const [b, c, d] = [ebx, ecx, edx].map(value => Number(value ?? 0))
  return decodeSignature({ eax: 0, ebx: b || 0, ecx: c || 0, edx: d || 0 })
}
