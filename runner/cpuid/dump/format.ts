import type { Registers } from '../leaf.js'

/** What one line of a dump says, in the eyes of one format. */
export type DumpLine =
  /** The leaves of a CPU follow; null where the heading gives it no number. */
  | { readonly kind: 'cpu'; readonly cpu: number | null }
  | { readonly kind: 'leaf'; readonly value: LeafLine }
  /** A heading or a rule that the tool writes between leaves. */
  | { readonly kind: 'layout' }
  /** It looks like a leaf and is none; what was expected of it. */
  | { readonly kind: 'broken'; readonly expected: string }
  | { readonly kind: 'foreign' }

/** A leaf as its line has it. */
export interface LeafLine {
  readonly leaf: number
  /** Null where the format does not say it: the n-th line of a leaf is then its subleaf n. */
  readonly subleaf: number | null
  readonly registers: Registers
}

/** One way of writing a dump. */
export interface DumpFormat {
  /** What people call it: the command that writes it. */
  readonly name: string
  /** Whether a file may list a CPU several times, at different moments: the first listing is then the one that counts. */
  readonly relists: boolean
  /**
   * Makes what reads the lines of one file, one after the other.
   *
   * @param lines - all of them, without white space around them
   */
  readonly reader: (lines: readonly string[]) => (line: string) => DumpLine
}

/** A register's value: up to eight hexadecimal digits, with or without 0x. */
export const value = '(?:0x)?([0-9a-f]{1,8})'

/** A line of which nothing is understood. */
export const foreign: DumpLine = { kind: 'foreign' }

/** A line that belongs to how the tool writes, and says nothing. */
export const layout: DumpLine = { kind: 'layout' }

/** A line that looks like a leaf and is none. */
export function broken(expected: string): DumpLine {
  return { kind: 'broken', expected }
}

/** A line without what a person wrote behind it: ` # the timing leaf`. */
export function withoutComment(line: string): string {
  return line.replace(/\s+#.*$/, '')
}

/** Whether a line names two registers and their values: such a line was meant for a leaf, whatever else stands in it. */
export function namesRegisters(line: string): boolean {
  return /\be[abcd]x\s*=[^=]*\be[abcd]x\s*=/i.test(line)
}

/**
 * A leaf of its digits.
 *
 * @param digits - of EAX, EBX, ECX and EDX, hexadecimal
 */
export function leafLine(
  leaf: number,
  subleaf: number | null,
  digits: readonly (string | undefined)[],
): DumpLine {
  const [eax = 0, ebx = 0, ecx = 0, edx = 0] = digits.map(hexadecimal)
  return { kind: 'leaf', value: { leaf, subleaf, registers: { eax, ebx, ecx, edx } } }
}

/** The number that hexadecimal digits mean. */
export function hexadecimal(digits = ''): number {
  return Number.parseInt(digits, 16)
}
