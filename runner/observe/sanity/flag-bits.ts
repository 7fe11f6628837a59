import type { CpuDump } from '../../cpuid/leaf.js'
import { type FeatureWord, featureWords } from '../../cpuid/feature-words.js'

/** A bit of a CPUID answer. */
export interface Bit extends Pick<FeatureWord, 'leaf' | 'subleaf' | 'register'> {
  readonly bit: number
}

// Flags that stand beside what a feature word holds: cpuid_bits[] in Linux arch/x86/kernel/cpu/scattered.c.
const scattered: Readonly<Record<string, Bit>> = {
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
export const flagBits: ReadonlyMap<string, readonly Bit[]> = (() => {
  const words = featureWords.flatMap(({ leaf, subleaf, register, names }) =>
    names.flatMap((name, bit) =>
      name === null ? [] : [[name, { leaf, subleaf, register, bit }] as const],
    ),
  )
  const found = new Map<string, Bit[]>()
  for (const [name, bit] of [...words, ...Object.entries(scattered)]) {
    found.set(name, [...(found.get(name) ?? []), bit])
  }
  return found
})()

/** Whether a CPUID has the bit of a flag, or one of its bits. */
export function isOffered(flag: string, { leaves }: Pick<CpuDump, 'leaves'>): boolean {
  return (flagBits.get(flag) ?? []).some(({ leaf, subleaf, register, bit }) => {
    const found = leaves.find(each => each.leaf === leaf && each.subleaf === subleaf)
    return found !== undefined && ((found.registers[register] >>> bit) & 1) === 1
  })
}

/** `EBX bit 5 of leaf 0x7`. */
export function formatBit({ leaf, subleaf, register, bit }: Bit): string {
  const place = subleaf === 0 ? '' : `.${subleaf}`
  return `${register.toUpperCase()} bit ${bit} of leaf 0x${leaf.toString(16)}${place}`
}
