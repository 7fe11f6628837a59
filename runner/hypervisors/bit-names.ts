import { featureWords } from '../cpuid/feature-words.js'
import { baseOf, isHypervisorLeaf, type RegisterName } from '../cpuid/leaf.js'
import { hypervisors } from './table.js'

/**
 * The names of the bits that are set in a register of a leaf. Bits without a known name are left out.
 *
 * @param signature - of the leaf's base
 */
export function bitNames(
  signature: string,
  leaf: number,
  register: RegisterName,
  value: number,
): string[] {
  // Intel SDM vol. 2A, AMD APM vol. 3: reserved for hypervisors to set.
  if (leaf === 1 && register === 'ecx') return value >>> 31 === 1 ? ['HYPERVISOR'] : []
  if (!isHypervisorLeaf(leaf)) return []
  const { bits } = hypervisors.find(each => each.signature === signature) ?? {}
  const names = bits?.[leaf - baseOf(leaf)]?.[register] ?? {}
  return Object.entries(names)
    .filter(([bit]) => ((value >>> Number(bit)) & 1) === 1)
    .map(([, name]) => name)
}

/** Where a bit of CPUID is. */
export interface BitPlace {
  readonly leaf: number
  readonly subleaf: number
  readonly register: RegisterName
  readonly bit: number
}

/**
 * The name of one bit, whether or not it is set: the kernel's flag, or the hypervisor's feature; null where nobody has named it.
 *
 * @param signature - of the base, where it is a hypervisor's leaf
 */
export function nameOfBit(signature: string, place: BitPlace): string | null {
  const { leaf, subleaf, register, bit } = place
  if (isHypervisorLeaf(leaf)) return bitNames(signature, leaf, register, 2 ** bit)[0] ?? null
  const word = featureWords.find(
    each => each.leaf === leaf && each.subleaf === subleaf && each.register === register,
  )
  return word?.names[bit] ?? null
}
