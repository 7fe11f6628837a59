import { flagBits, isOffered } from '../observe/sanity/flag-bits.js'
import { decodeSeen } from '../record/cpuid.js'
import type { GuiseRecord } from '../record/schema.js'

/** The flags of the first CPU, and what its CPUID has that is not among them. */
export function flagLines(record: GuiseRecord): string[] {
  const { flags } = record
  if (flags.length === 0) return []
  const missing = notShown(record)
  return [
    flags.join(' '),
    ...(missing.length === 0
      ? []
      : [
          `in CPUID and not among them, for the kernel has another name, none, or took it away: ${missing.join(' ')}`,
        ]),
  ]
}

/** The features that the first vCPU's CPUID has and /proc/cpuinfo does not show, by name. */
export function notShown({ cpuid, flags }: Pick<GuiseRecord, 'cpuid' | 'flags'>): string[] {
  const [first] = cpuid.got
  if (first === undefined) return []
  const seen = decodeSeen(first)
  const shown = new Set(flags)
  return [...flagBits.keys()].filter(name => !shown.has(name) && isOffered(name, seen)).sort()
}
