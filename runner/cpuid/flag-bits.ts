import type { CpuDump } from './leaf.js'
import { type FeatureWord, featureWords } from './feature-words.js'

/** A bit of a CPUID answer. */
export interface FlagBit extends Pick<FeatureWord, 'leaf' | 'subleaf' | 'register'> {
  readonly bit: number
}

// Flags that stand beside what a feature word holds: cpuid_bits[] in Linux arch/x86/kernel/cpu/scattered.c.
const scattered: Readonly<Record<string, FlagBit>> = {
  cqm_llc: { leaf: 0xf, subleaf: 0, register: 'edx', bit: 1 },
  cqm_occup_llc: { leaf: 0xf, subleaf: 1, register: 'edx', bit: 0 },
  cqm_mbm_total: { leaf: 0xf, subleaf: 1, register: 'edx', bit: 1 },
  cqm_mbm_local: { leaf: 0xf, subleaf: 1, register: 'edx', bit: 2 },
  cat_l3: { leaf: 0x10, subleaf: 0, register: 'ebx', bit: 1 },
  cat_l2: { leaf: 0x10, subleaf: 0, register: 'ebx', bit: 2 },
  mba: { leaf: 0x10, subleaf: 0, register: 'ebx', bit: 3 },
  cdp_l3: { leaf: 0x10, subleaf: 1, register: 'ecx', bit: 2 },
  cdp_l2: { leaf: 0x10, subleaf: 2, register: 'ecx', bit: 2 },
  hw_pstate: { leaf: 0x80000007, subleaf: 0, register: 'edx', bit: 7 },
}

/** The bits that each flag of /proc/cpuinfo stands for, by the flag's name; some have one in two leaves. */
export type FlagBits = ReadonlyMap<string, readonly FlagBit[]>

/** Gathers bits by flag. */
export function bitsByFlag(bits: Iterable<readonly [flag: string, bit: FlagBit]>): FlagBits {
  const found = new Map<string, FlagBit[]>()
  for (const [name, bit] of bits) found.set(name, [...(found.get(name) ?? []), bit])
  return found
}

/** Those of the kernels that guise knows; a kernel's tree may say otherwise (images/kernel/tree-flags.ts). */
export const knownFlagBits: FlagBits = bitsByFlag([
  ...featureWords.flatMap(({ leaf, subleaf, register, names }) =>
    names.flatMap((name, bit) =>
      name === null ? [] : [[name, { leaf, subleaf, register, bit }] as const],
    ),
  ),
  ...Object.entries(scattered),
])

/** Whether a CPUID has the bit of a flag, or one of its bits. */
export function isOffered(
  flag: string,
  { leaves }: Pick<CpuDump, 'leaves'>,
  flagBits: FlagBits = knownFlagBits,
): boolean {
  return (flagBits.get(flag) ?? []).some(({ leaf, subleaf, register, bit }) => {
    const found = leaves.find(each => each.leaf === leaf && each.subleaf === subleaf)
    return found !== undefined && ((found.registers[register] >>> bit) & 1) === 1
  })
}

/** `EBX bit 5 of leaf 0x7`. */
export function formatBit({ leaf, subleaf, register, bit }: FlagBit): string {
  const place = subleaf === 0 ? '' : `.${subleaf}`
  return `${register.toUpperCase()} bit ${bit} of leaf 0x${leaf.toString(16)}${place}`
}

/** The features that a CPUID has and that are not among `flags`, by name, sorted. */
export function missingFlags(
  flags: readonly string[],
  dump: Pick<CpuDump, 'leaves'>,
  flagBits: FlagBits = knownFlagBits,
): string[] {
  const shown = new Set(flags)
  return [...flagBits.keys()]
    .filter(name => !shown.has(name) && isOffered(name, dump, flagBits))
    .sort()
}
