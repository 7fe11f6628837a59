import { encodeInterfaceName } from './signature.js'

/**
 * The values that belong to a vCPU, and that no text can state for all of them: its APIC id in 8 bits and in 32, and the size of
 * the XSAVE area for what its XCR0 enables, in the standard and in the compacted format (Intel SDM vol. 2A, CPUID, leaf 0DH).
 */
export const vcpuValues = ['apic-id', 'x2apic-id', 'xsave-size', 'xsaves-size'] as const

/** See {@link vcpuValues}. */
export type VcpuValue = (typeof vcpuValues)[number]

/** Bits of a register that follow the vCPU. */
export interface FollowedBits {
  readonly value: VcpuValue
  /** How far the value is shifted to the right first, in bits; undefined: not at all. */
  readonly shift?: number | undefined
  /** Which bits of what is left are shown, each in its own place; unsigned. */
  readonly mask: number
}

/**
 * What becomes of one 32-bit register: result = (original & `keep`) | `set` | (the vCPU's value >> `follow.shift` & `follow.mask`). The three
 * never share a bit; a bit in none is cleared. All are unsigned.
 */
export interface RegisterEdit {
  readonly keep: number
  readonly set: number
  /** Undefined where nothing follows the vCPU. */
  readonly follow?: FollowedBits | undefined
}

/** The register stays as it is. */
export const untouched: RegisterEdit = { keep: 0xffffffff, set: 0 }

/** The register reads `value`, whatever it was. */
export function wholeValue(value: number): RegisterEdit {
  return { keep: 0, set: value >>> 0 }
}

/** The register reads what `value` is of the vCPU that asks. */
export function followingValue(value: VcpuValue): RegisterEdit {
  return { keep: 0, set: 0, follow: { value, mask: 0xffffffff } }
}

/** What a register may be given as: the text for messages. */
export const registerGrammar =
  'a 32-bit value (0x40000001), a bitmap (0b1x0: 1 set, 0 clear, x keep), a name of 4 characters (Hv#1) or a value of the vCPU (apic-id, x2apic-id, xsave-size, xsaves-size)'

/**
 * Reads one register as a scenario writes it: a whole 32-bit value, a bitmap `0b…` of 0 (clear), 1 (set), x (keep)
 * and `_` (ignored), right-aligned with the bits that it does not reach kept, an interface name of exactly four
 * characters, or one of {@link vcpuValues}.
 *
 * @returns null when `value` is none of these
 */
export function parseRegisterEdit(value: number | string): RegisterEdit | null {
  if (typeof value === 'number') return isUint32(value) ? wholeValue(value) : null
  if (isVcpuValue(value)) return followingValue(value)
  if (/^0b[01x_]+$/i.test(value))
    return parseBitmap(value.slice(2).replaceAll('_', '').toLowerCase())
  // A text that looks like a number is a slip of the quotes, never a name: `"0x6"`, `"1000"`.
  if (/^(0[xbo]|\d+$)/i.test(value)) return null
  return /^[\x20-\x7e]{4}$/.test(value) ? wholeValue(encodeInterfaceName(value)) : null
}

/** The edit that does `first` and then `second`. Of two values that are followed the second's counts. */
export function compose(first: RegisterEdit, second: RegisterEdit): RegisterEdit {
  const follow = second.follow ?? keptFollow(first, second.keep)
  return {
    keep: (first.keep & second.keep) >>> 0,
    set: ((first.set & second.keep) | second.set) >>> 0,
    ...(follow && { follow }),
  }
}

function keptFollow({ follow }: RegisterEdit, keep: number): FollowedBits | undefined {
  const mask = ((follow?.mask ?? 0) & keep) >>> 0
  return follow && mask !== 0 ? { ...follow, mask } : undefined
}

/** What `edit` makes of `original`, where `followed` is the vCPU's value. */
export function applyEdit(edit: RegisterEdit, original: number, followed = 0): number {
  const { mask, shift = 0 } = edit.follow ?? { mask: 0 }
  return ((original & edit.keep) | edit.set | ((followed >>> shift) & mask)) >>> 0
}

/** The bits whose values an edit states. */
export function statedBits({ keep, follow }: RegisterEdit): number {
  return ~(keep | (follow?.mask ?? 0)) >>> 0
}

function isVcpuValue(text: string): text is VcpuValue {
  return (vcpuValues as readonly string[]).includes(text)
}

/** Whether `value` is a whole number of 0 to 0xffffffff. */
export function isUint32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffffffff
}

function parseBitmap(digits: string): RegisterEdit | null {
  if (digits.length === 0 || digits.length > 32) return null
  const aligned = digits.padStart(32, 'x')
  const bits = (wanted: string) =>
    Number.parseInt(
      aligned.replace(/./g, digit => (digit === wanted ? '1' : '0')),
      2,
    )
  return { keep: bits('x'), set: bits('1') }
}
