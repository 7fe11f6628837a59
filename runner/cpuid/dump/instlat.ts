import {
  broken,
  type DumpFormat,
  type DumpLine,
  foreign,
  hexadecimal,
  leafLine,
  value,
} from './format.js'

const leaf = new RegExp(
  `^CPUID\\s+${value}\\s*:?\\s*${value}-${value}-${value}-${value}(?:\\s*(\\[.*))?$`,
  'i',
)
const subleafNote = /\[SL\s+([0-9a-f]+)\]/i
const leafLike = /^CPUID\s+(?:0x)?(?:[0-9a-f]+\s*:|[0-9a-f]{8}\b|[0-9a-f]{1,8}$)/i

const logicalCpu = /^(?:CPU#(\d+)\s+AffMask\b.*|-*\[\s*Logical CPU #(\d+)\b[^\]]*\]-*)$/i
const registersOf = /^CPUID Registers\s*(?:\(CPU #(\d+)\b[^)]*\))?\s*:?$/i

/**
 * The text of AIDA64 and EVEREST that InstLatx64 collects: `CPUID 00000004: 1C004121-01C0003F-0000003F-00000000 [SL 00]` below
 * `CPU#000 AffMask: …`, `------[ Logical CPU #0 ]------` or `CPUID Registers (CPU #1):`, or below nothing. The older ones have
 * no note of the subleaf. They tell of MSRs, versions and caches besides.
 */
export const instlat: DumpFormat = {
  name: 'InstLatx64',
  relists: true,
  reader: lines => {
    // EVEREST counts its registers' CPUs from 1.
    const first = lines.some(line => registersOf.exec(line)?.[1] === '0') ? 0 : 1
    // Subleaves are listed without a gap: those beyond the ninth show whether they are counted in hexadecimal.
    const radix = lines.some(line => /[a-f]/i.test(subleafNote.exec(line)?.[1] ?? '')) ? 16 : 10
    return line => {
      const found = leaf.exec(line)
      if (found !== null) {
        const [, number, eax, ebx, ecx, edx, notes = ''] = found
        const subleaf = subleafNote.exec(notes)?.[1]
        return leafLine(
          hexadecimal(number),
          subleaf === undefined ? null : Number.parseInt(subleaf, radix),
          [eax, ebx, ecx, edx],
        )
      }
      return headingOf(line, first) ?? (leafLike.test(line) ? broken(expected) : foreign)
    }
  },
}

const expected = '`CPUID LEAF: EAX-EBX-ECX-EDX` with up to 8 hexadecimal digits each'

function headingOf(line: string, first: number): DumpLine | null {
  const logical = logicalCpu.exec(line)
  if (logical !== null) return { kind: 'cpu', cpu: Number(logical[1] ?? logical[2]) }
  const counted = registersOf.exec(line)
  if (counted === null) return null
  return { kind: 'cpu', cpu: counted[1] === undefined ? null : Number(counted[1]) - first }
}
