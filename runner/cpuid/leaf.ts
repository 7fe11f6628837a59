/** A 32-bit register that the CPUID instruction returns. */
export const registerNames = ['eax', 'ebx', 'ecx', 'edx'] as const

/** The name of one of the four registers that CPUID returns. */
export type RegisterName = (typeof registerNames)[number]

/** The four registers of one CPUID answer, each an unsigned 32-bit integer. */
export type Registers = Readonly<Record<RegisterName, number>>

/** One CPUID answer: what EAX = `leaf`, ECX = `subleaf` returned. */
export interface LeafValue {
  /** The value of EAX before the instruction. */
  readonly leaf: number
  /** The value of ECX before the instruction; 0 where the leaf has no subleaves. */
  readonly subleaf: number
  readonly registers: Registers
}

/** Every CPUID answer that one vCPU gave. */
export interface CpuDump {
  /** The vCPU's number, as the guest kernel counts them. */
  readonly cpu: number
  readonly leaves: readonly LeafValue[]
}

/** The first leaf of the range that CPUID reserves for hypervisors. */
export const hypervisorFirst = 0x40000000

/** The last leaf of the range in which Linux looks for hypervisors (`hypervisor_cpuid_base()`). */
export const hypervisorLast = 0x4000ffff

/** The distance between two hypervisor bases. */
export const baseStride = 0x100

/** The base whose hypervisor a leaf belongs to. */
export function baseOf(leaf: number): number {
  return hypervisorFirst + Math.floor((leaf - hypervisorFirst) / baseStride) * baseStride
}

/** Whether `leaf` is one of the hypervisor leaves (0x40000000-0x4000ffff). */
export function isHypervisorLeaf(leaf: number): boolean {
  return leaf >= hypervisorFirst && leaf <= hypervisorLast
}

/** Whether `leaf` lies where Intel and AMD leave all leaves to software (Intel SDM vol. 2A: 0x40000000-0x4fffffff). */
export function isSoftwareLeaf(leaf: number): boolean {
  return leaf >= hypervisorFirst && leaf <= 0x4fffffff
}

/** All four registers zero: how an absent leaf reads on TCG, and on KVM with an AMD vendor. */
export const zeroRegisters: Registers = { eax: 0, ebx: 0, ecx: 0, edx: 0 }

/** A leaf as kernel developers write it: `0x40000010`, eight hexadecimal digits. */
export function hex32(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`
}
