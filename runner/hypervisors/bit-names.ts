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
