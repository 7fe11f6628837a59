import type { Registers } from './leaf.js'

/** The length in bytes of a hypervisor or vendor signature: three registers. */
export const signatureLength = 12

/** Which registers hold a 12-character signature, in the order of its characters. */
type SignatureOrder = readonly ['ebx', 'ecx' | 'edx', 'ecx' | 'edx']

// Linux, arch/x86/include/asm/cpuid: hypervisor signatures read EBX, ECX, EDX.
const hypervisorOrder: SignatureOrder = ['ebx', 'ecx', 'edx']
// Intel SDM vol. 2A and AMD APM vol. 3: leaf 0 spells the vendor in EBX, EDX, ECX.
const vendorOrder: SignatureOrder = ['ebx', 'edx', 'ecx']

/**
 * The leaves that spell a vendor in EBX, EDX and ECX: that of the CPU twice (Intel SDM vol. 2A; AMD APM vol. 3, of 0x80000000), and
 * that of the TDX module (Intel TDX Module Base Architecture Specification, CPUID leaf 0x21).
 */
export const vendorLeaves: readonly number[] = [0x0, 0x21, 0x80000000]

/**
 * Encodes the signature of a hypervisor base: EBX, ECX, EDX, padded with NUL to 12 characters.
 *
 * @throws TypeError when `text` has more than 12 characters or one outside Latin-1
 */
export function encodeSignature(text: string): Omit<Registers, 'eax'> {
  return encode(text, hypervisorOrder)
}

/** Encodes a vendor as {@link vendorLeaves} spell it: EBX, EDX, ECX. Throws as {@link encodeSignature} does. */
export function encodeVendor(text: string): Omit<Registers, 'eax'> {
  return encode(text, vendorOrder)
}

/** The signature that a hypervisor base shows, with the NULs that pad it removed; Latin-1. */
export function decodeSignature(registers: Registers): string {
  return decode(registers, hypervisorOrder)
}

/** The CPU vendor that leaf 0 shows, with the NULs that pad it removed; Latin-1. */
export function decodeVendor(registers: Registers): string {
  return decode(registers, vendorOrder)
}

/**
 * Encodes a 4-character interface name such as `Hv#1`, the first character in the lowest byte.
 *
 * @throws TypeError when `text` is not of 1 to 4 Latin-1 characters
 */
export function encodeInterfaceName(text: string): number {
  return bytesOf(text, 4).readUInt32LE(0)
}

function encode(text: string, order: SignatureOrder): Omit<Registers, 'eax'> {
  const bytes = bytesOf(text, signatureLength)
  const registers = { ebx: 0, ecx: 0, edx: 0 }
  order.forEach((name, index) => {
    registers[name] = bytes.readUInt32LE(index * 4)
  })
  return registers
}

function decode(registers: Registers, order: SignatureOrder): string {
  const bytes = Buffer.alloc(signatureLength)
  order.forEach((name, index) => {
    bytes.writeUInt32LE(registers[name], index * 4)
  })
  return bytes.toString('latin1').replace(/\0+$/, '')
}

function bytesOf(text: string, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  const isLatin1 = Buffer.from(text, 'latin1').toString('latin1') === text
  if (text.length === 0 || text.length > length || !isLatin1) {
    throw new TypeError(`expected 1 to ${length} Latin-1 characters, got \`${text}\``)
  }
  bytes.write(text, 'latin1')
  return bytes
}
