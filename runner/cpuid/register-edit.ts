import { encodeInterfaceName } from './signature.js'

/**
 * What becomes of one 32-bit register: result = (original & `keep`) | `set`. The two never share a bit; a bit in
 * neither is cleared. Both are unsigned.
 */
export interface RegisterEdit {
  readonly keep: number
  readonly set: number
}

/** The register stays as it is. */
export const untouched: RegisterEdit = { keep: 0xffffffff, set: 0 }

/** The register reads `value`, whatever it was. */
export function wholeValue(value: number): RegisterEdit {
  return { keep: 0, set: value >>> 0 }
}

/** What a register may be given as: the text for messages. */
export const registerGrammar =
  'a 32-bit value (0x40000001), a bitmap (0b1x0: 1 set, 0 clear, x keep) or a name of 4 characters (Hv#1)'

/**
 * Reads one register as a scenario writes it: a whole 32-bit value, a bitmap `0b…` of 0 (clear), 1 (set), x (keep)
 * and `_` (ignored), right-aligned with the bits that it does not reach kept, or an interface name of exactly four
 * characters.
 *
 * @returns null when `value` is none of these
 */
export function parseRegisterEdit(value: number | string): RegisterEdit | null {
  if (typeof value === 'number') return isUint32(value) ? wholeValue(value) : null
  if (/^0b[01x_]+$/i.test(value))
    return parseBitmap(value.slice(2).replaceAll('_', '').toLowerCase())
  // A text that looks like a number is a slip of the quotes, never a name: `"0x6"`, `"1000"`.
  if (/^(0[xbo]|\d+$)/i.test(value)) return null
  return /^[\x20-\x7e]{4}$/.test(value) ? wholeValue(encodeInterfaceName(value)) : null
}

/** The edit that does `first` and then `second`. */
export function compose(first: RegisterEdit, second: RegisterEdit): RegisterEdit {
  return {
    keep: (first.keep & second.keep) >>> 0,
    set: ((first.set & second.keep) | second.set) >>> 0,
  }
}

/** What `edit` makes of `original`. */
export function applyEdit(edit: RegisterEdit, original: number): number {
  return ((original & edit.keep) | edit.set) >>> 0
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
