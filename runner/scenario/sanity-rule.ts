/** The rules that a sane kernel keeps whatever CPU it is shown. */
export const sanityRules = [
  'warning',
  'firmware-bug',
  'offline-cpus',
  'apic-id',
  'siblings',
  'flag-without-bit',
  'flag-without-dependency',
] as const

/** See {@link sanityRules}. */
export type SanityRule = (typeof sanityRules)[number]

/** What each rule asks of a kernel. */
export const ruleMeanings: Readonly<Record<SanityRule, string>> = {
  warning: 'no WARNING, BUG or Oops in the log of a guest that comes up',
  'firmware-bug': 'no [Firmware Bug] of a firmware that has none',
  'offline-cpus': 'every CPU that is present is online',
  'apic-id': 'the APIC id of a CPU is the one that its CPUID says',
  siblings: 'who is whose sibling, and who shares which cache, holds both ways',
  'flag-without-bit':
    'a flag in /proc/cpuinfo has its bit in CPUID, or is one that the kernel makes up',
  'flag-without-dependency':
    'a kernel that takes a feature away takes with it what depends on it (arch/x86/kernel/cpu/cpuid-deps.c)',
}
