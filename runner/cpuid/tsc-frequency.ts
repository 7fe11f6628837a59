import { hypervisorFirst, type Registers, zeroRegisters } from './leaf.js'
import { editsSubleaf, type LeafEdit, mapRegisters } from './leaf-edit.js'
import { applyEdit } from './register-edit.js'

/** The leaves that tell how fast the TSC counts. */
export const tscLeaves = { crystal: 0x15, base: 0x16, timing: hypervisorFirst + 0x10 } as const

/** What a leaf tells of the TSC's frequency. */
export interface ToldFrequency {
  readonly leaf: number
  readonly khz: number
}

/**
 * What leaves tell of the TSC's frequency, in the order in which a kernel asks them: CPUID.15H (the crystal's, and the ratio; Intel
 * SDM vol. 2A), of which the crystal may be missing, which Linux then makes up from CPUID.16H (native_calibrate_tsc() in
 * arch/x86/kernel/tsc.c); CPUID.16H, the base frequency in MHz (cpu_khz_from_cpuid() there); the common timing leaf.
 *
 * @param leaf - looks a leaf up, at subleaf 0; zero where there is none
 */
export function toldFrequencies(leaf: (leaf: number) => Registers): ToldFrequency[] {
  const { eax: denominator, ebx: numerator, ecx: crystalHz } = leaf(tscLeaves.crystal)
  // The upper halves are reserved.
  const baseMhz = leaf(tscLeaves.base).eax & 0xffff
  const crystalKhz =
    crystalHz > 0
      ? Math.floor(crystalHz / 1000)
      : numerator > 0
        ? Math.floor((baseMhz * 1000 * denominator) / numerator)
        : 0
  const told = [
    {
      leaf: tscLeaves.crystal,
      khz: denominator > 0 ? Math.floor((crystalKhz * numerator) / denominator) : 0,
    },
    { leaf: tscLeaves.base, khz: baseMhz * 1000 },
    { leaf: tscLeaves.timing, khz: leaf(tscLeaves.timing).eax },
  ]
  return told.filter(({ khz }) => khz > 0)
}

/** The same of what edits state, in their order. Neither QEMU's models nor KVM have a leaf of their own that tells a frequency. */
export function statedFrequencies(edits: readonly LeafEdit[]): ToldFrequency[] {
  return toldFrequencies(leaf =>
    edits
      .filter(edit => edit.leaf === leaf && editsSubleaf(edit, 0))
      .reduce<Registers>(
        (before, { registers }) =>
          registers === null
            ? zeroRegisters
            : mapRegisters(name => applyEdit(registers[name], before[name])),
        zeroRegisters,
      ),
  )
}

/** Leaves that read as absent above the highest one of their range, as a kernel takes them. */
export function withinHighest(leaf: (leaf: number) => Registers): (leaf: number) => Registers {
  return asked => {
    const first = (asked & 0xffff0000) >>> 0
    return leaf(first).eax >= asked ? leaf(asked) : zeroRegisters
  }
}
