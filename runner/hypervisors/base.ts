import { baseStride, hypervisorFirst } from '../cpuid/leaf.js'
import { encodeSignature } from '../cpuid/signature.js'
import type { LeafLookup } from './facts.js'

/** Where Linux looks for a hypervisor's signature. */
export interface BaseRule {
  readonly signature: string
  /** The bases that it looks at: 0x40000000 alone, or all 256. */
  readonly bases: 'first' | 'all'
  /** How far EAX of the base must at least be beyond the base; without it any value will do. */
  readonly leastLeaves?: number
}

const spelling = ['ebx', 'ecx', 'edx'] as const

/** The first base that bears a signature, or null (Linux: `hypervisor_cpuid_base()`, arch/x86/include/asm/processor.h). */
export function findBase(
  leaf: LeafLookup,
  { signature, bases, leastLeaves = 0 }: BaseRule,
): number | null {
  const end = hypervisorFirst + (bases === 'first' ? 1 : 256) * baseStride
  const wanted = encodeSignature(signature)
  for (let base = hypervisorFirst; base < end; base += baseStride) {
    const registers = leaf(base)
    if (spelling.some(name => registers[name] !== wanted[name])) continue
    // Unsigned, as in Linux: an EAX below the base passes.
    if (leastLeaves === 0 || (registers.eax - base) >>> 0 >= leastLeaves) return base
  }
  return null
}
