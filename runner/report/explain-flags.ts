import type { GuiseRecord } from '../record/schema.js'

/** The flags of the first CPU, and what its CPUID has that is not among them. */
export function flagLines({ flags, notShown = [] }: GuiseRecord): string[] {
  if (flags.length === 0) return []
  return [
    flags.join(' '),
    ...(notShown.length === 0
      ? []
      : [
          `in CPUID and not among them, for the kernel has another name, none, or took it away: ${notShown.join(' ')}`,
        ]),
  ]
}
