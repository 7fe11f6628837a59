import type { RegisterName } from '../cpuid/leaf.js'

interface VolatileBits {
  readonly leaf: number
  readonly register: RegisterName
  readonly mask: number
  /** Why no table can fix these bits. */
  readonly why: string
}

/**
 * The bits that differ by vCPU or that the guest's own doing sets; Intel SDM vol. 2A (CPUID) and AMD APM vol. 3
 * (appendix E). They are never compared.
 */
export const volatileBitsList: readonly VolatileBits[] = [
  { leaf: 0x1, register: 'ebx', mask: 0xff000000, why: 'the initial APIC id, one for each vCPU' },
  { leaf: 0x1, register: 'ecx', mask: 1 << 27, why: 'OSXSAVE mirrors CR4, which the kernel sets' },
  {
    leaf: 0x1,
    register: 'edx',
    mask: 1 << 9,
    why: 'APIC mirrors the enable bit of IA32_APIC_BASE',
  },
  { leaf: 0x7, register: 'ecx', mask: 1 << 4, why: 'OSPKE mirrors CR4, which the kernel sets' },
  { leaf: 0xb, register: 'edx', mask: 0xffffffff, why: 'the x2APIC id, one for each vCPU' },
  {
    leaf: 0xd,
    register: 'ebx',
    mask: 0xffffffff,
    why: 'the size of what XCR0 enables, which the kernel sets',
  },
  { leaf: 0x1f, register: 'edx', mask: 0xffffffff, why: 'the x2APIC id, one for each vCPU' },
  {
    leaf: 0x8000001e,
    register: 'eax',
    mask: 0xffffffff,
    why: 'the extended APIC id, one for each vCPU',
  },
  { leaf: 0x8000001e, register: 'ebx', mask: 0xff, why: 'the compute unit, one for each core' },
  {
    leaf: 0x80000001,
    register: 'edx',
    mask: 1 << 9,
    why: 'APIC mirrors the enable bit of IA32_APIC_BASE',
  },
]

/** The bits of one register that are never compared, as an unsigned mask. */
export function volatileBits(leaf: number, register: RegisterName): number {
  return volatileBitsList
    .filter(bits => bits.leaf === leaf && bits.register === register)
    .reduce((mask, bits) => (mask | bits.mask) >>> 0, 0)
}
