import type { LeafValue, RegisterName } from './leaf.js'
import { followingValue, type RegisterEdit, wholeValue } from './register-edit.js'

/** The leaves whose EDX is the x2APIC id in every subleaf: Intel's two of topology, and AMD's. */
const topologyLeaves: readonly number[] = [0xb, 0x1f, 0x80000026]

/** Whether every subleaf of a leaf has the x2APIC id in EDX, also those that it does not have (Intel SDM vol. 2A, CPUID). */
export function showsApicIdInAll(leaf: number): boolean {
  return topologyLeaves.includes(leaf)
}

/**
 * What a register of a real CPU's dump says to a vCPU: its value, but for the bits that tell one CPU from another or mirror what its
 * kernel has done, which are the vCPU's own. Intel SDM vol. 2A (CPUID) and AMD APM vol. 3 (appendix E).
 */
export function dumpedRegister(value: LeafValue, name: RegisterName): RegisterEdit {
  const { leaf, subleaf, registers } = value
  const whole = wholeValue(registers[name])
  switch (`${leaf.toString(16)} ${name}`) {
    case '1 ebx': // the initial APIC id
      return keeping(whole, 0xff000000)
    case '1 ecx': // OSXSAVE mirrors CR4
      return keeping(whole, 1 << 27)
    case '7 ecx': // OSPKE mirrors CR4
      return subleaf === 0 ? keeping(whole, 1 << 4) : whole
    case 'd ebx': // the size of what XCR0 enables; 0 where the CPU has no XSAVE, or no XSAVES
      if (subleaf > 1 || registers.ebx === 0) return whole
      return followingValue(subleaf === 0 ? 'xsave-size' : 'xsaves-size')
    case '8000001e eax':
      return isShown(value) ? followingValue('x2apic-id') : whole
    case '8000001e ebx': // the core's number, which is the APIC id without the bits for threads
      return isShown(value) ? coreId(registers.ebx) : whole
    default:
      return name === 'edx' && showsApicIdInAll(leaf) && isShown(value)
        ? followingValue('x2apic-id')
        : whole
  }
}

function keeping({ set }: RegisterEdit, bits: number): RegisterEdit {
  return { keep: bits >>> 0, set: (set & ~bits) >>> 0 }
}

/** EBX of 0x8000001e: how many threads a core has, less one, and below it the core's number. */
function coreId(ebx: number): RegisterEdit {
  const shift = 32 - Math.clz32((ebx >>> 8) & 0xff)
  return { keep: 0, set: (ebx & ~0xff) >>> 0, follow: { value: 'x2apic-id', shift, mask: 0xff } }
}

/** Whether the CPU has the leaf at all. */
function isShown({ registers: { eax, ebx, ecx, edx } }: LeafValue): boolean {
  return (eax | ebx | ecx | edx) !== 0
}
