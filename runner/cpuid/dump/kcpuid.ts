import {
  broken,
  type DumpFormat,
  foreign,
  hexadecimal,
  layout,
  leafLine,
  namesRegisters,
  value,
  withoutComment,
} from './format.js'

const registers = ['EAX', 'EBX', 'ECX', 'EDX']
  .map(name => `${name}\\s*=\\s*${value}`)
  .join('\\s*,\\s*')
const leaf = new RegExp(`^(?:0x([0-9a-f]{1,8})|([0-9a-f]{8}))\\s*:\\s*${registers}$`, 'i')
const subleaf = new RegExp(`^(\\d{1,3})\\s*:\\s*${registers}$`, 'i')
const subleaves = /^(?:0x)?([0-9a-f]{1,8})\s*:\s*subleafs\s*:$/i
const decoration = /^(?:=+|(?:Basic|Standard|Extended|Transmeta|Centaur) Leafs\s*:)$/i
// A leaf, or a line of it cut short.
const leafLike = /^(?:(?:0x[0-9a-f]+|[0-9a-f]{8}|\d{1,3})\s*:\s*(?:E(?:A(?:X.*)?)?)?|0x[0-9a-f]*)$/i

/**
 * `kcpuid -r` (Linux tools/arch/x86/kcpuid/kcpuid.c, leaf_print_raw()): `0x00000001: EAX=0x…, EBX=0x…, ECX=0x…, EDX=0x…`; of a leaf with
 * subleaves `0x00000004: subleafs:` and then ` 0: EAX=0x…, …`, the subleaf in decimal. Leaves that are all zero are left out.
 */
export const kcpuid: DumpFormat = {
  name: 'kcpuid -r',
  relists: false,
  reader: () => {
    let within: number | null = null
    return said => {
      const line = withoutComment(said)
      const whole = leaf.exec(line)
      if (whole !== null) {
        within = null
        const [, prefixed, bare, ...digits] = whole
        return leafLine(hexadecimal(prefixed ?? bare), 0, digits)
      }
      const title = subleaves.exec(line)
      if (title !== null) {
        within = hexadecimal(title[1])
        return layout
      }
      const part = subleaf.exec(line)
      if (part !== null) {
        const [, index, ...digits] = part
        return within === null
          ? broken('`0xLEAF: subleafs:` before a subleaf')
          : leafLine(within, Number(index), digits)
      }
      if (decoration.test(line)) return layout
      return leafLike.test(line) || namesRegisters(line) ? broken(expected) : foreign
    }
  },
}

const expected = '`0xLEAF: EAX=0x…, EBX=0x…, ECX=0x…, EDX=0x…` with up to 8 hexadecimal digits each'
