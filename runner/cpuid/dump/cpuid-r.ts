import {
  broken,
  type DumpFormat,
  foreign,
  hexadecimal,
  leafLine,
  namesRegisters,
  value,
  withoutComment,
} from './format.js'

const leaf = new RegExp(
  `^${value}(?:\\s+${value})?\\s*:\\s*eax\\s*=\\s*${value}\\s+ebx\\s*=\\s*${value}\\s+ecx\\s*=\\s*${value}\\s+edx\\s*=\\s*${value}$`,
  'i',
)
const heading = /^CPU(?:\s*#?\s*(\d+)\s*:?|\s*:)$/i
// A number that no CPU has, whose leaves are not those of the CPU before.
const strangeHeading = /^CPU\s+[-+.#\d]\S*\s*:$/i
// `0x0000000d 0x01…`, the same without 0x, a line cut short, and one without a subleaf.
const leafLike =
  /^(?:0x[0-9a-f]+\s+0x[0-9a-f]+\b|[0-9a-f]{8}\s+[0-9a-f]{2,8}\s*:|0x[0-9a-f]*$|0x[0-9a-f]+\s*:\s*(?:e[abcd]x\b|$))/i

/**
 * Todd Allen's `cpuid -r`: `   0x40000000 0x00: eax=0x… ebx=0x… ecx=0x… edx=0x…` below `CPU N:`, or below `CPU:` with -1. Its
 * first versions wrote no subleaf.
 */
export const cpuidR: DumpFormat = {
  name: 'cpuid -r',
  relists: false,
  reader: () => whole => {
    const line = withoutComment(whole)
    const found = leaf.exec(line)
    if (found !== null) {
      const [, number, subleaf, ...digits] = found
      return leafLine(
        hexadecimal(number),
        subleaf === undefined ? null : hexadecimal(subleaf),
        digits,
      )
    }
    const cpu = heading.exec(whole) ?? heading.exec(line)
    if (cpu !== null) return { kind: 'cpu', cpu: cpu[1] === undefined ? null : Number(cpu[1]) }
    if (strangeHeading.test(whole)) return broken('`CPU N:`, N counted from 0')
    return leafLike.test(line) || namesRegisters(line) ? broken(expected) : foreign
  },
}

const expected =
  '`0xLEAF 0xSUBLEAF: eax=0x… ebx=0x… ecx=0x… edx=0x…` with up to 8 hexadecimal digits each'
