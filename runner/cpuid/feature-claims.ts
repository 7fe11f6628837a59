import type { RegisterName } from './leaf.js'

/** Bits of a feature word that an accelerator need not execute anything for. */
export interface FeatureClaim {
  readonly leaf: number
  readonly subleaf: number
  readonly register: RegisterName
  readonly bits: readonly number[]
  readonly reason: string
}

/**
 * The bits of feature words that promise no instruction, no MSR and no bit of a control register, and so can be shown on any accelerator.
 * Sources: Intel SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E.
 */
export const featureClaims: readonly FeatureClaim[] = [
  claim(0x1, 0, 'ecx', [27], 'OSXSAVE follows CR4 of the vCPU'),
  claim(0x1, 0, 'ecx', [31], 'the hypervisor bit says where the guest runs'),
  claim(0x1, 0, 'edx', [27], 'self-snoop says how caches and memory types go together'),
  claim(0x1, 0, 'edx', [28], 'HTT says how the topology is to be read'),
  claim(0x6, 0, 'eax', [2], 'ARAT says that the APIC timer never stops'),
  claim(0x7, 0, 'ebx', [6, 13], 'says what the FPU no longer saves'),
  claim(0x7, 0, 'ebx', [9], 'REP MOVSB is there without it; ERMS says that it is fast'),
  claim(0x7, 0, 'ecx', [4], 'OSPKE follows CR4 of the vCPU'),
  claim(0x7, 0, 'ecx', [17, 18, 19, 20, 21], 'MAWAU is a width, and means nothing without MPX'),
  claim(0x7, 0, 'edx', [4], 'REP MOVSB is there without it; FSRM says that it is fast'),
  claim(0x7, 0, 'edx', [10], 'VERW is there without it; MD_CLEAR says what else it clears'),
  claim(0x7, 0, 'edx', [11], 'says that RTM transactions abort'),
  claim(0x7, 0, 'edx', [15], 'says that cores differ'),
  claim(0x7, 1, 'eax', [10, 11, 12], 'says that a string instruction is fast'),
  claim(0x7, 1, 'ebx', [3], 'says that IA32_MISC_ENABLE cannot limit CPUID'),
  claim(0x7, 2, 'edx', [5, 7], 'says that a bug is not there'),
  claim(0x80000001, 0, 'ecx', [1, 22], 'says how the topology is to be read'),
  claim(
    0x80000001,
    0,
    'edx',
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 23, 24],
    'a copy of leaf 1 EDX',
  ),
  claim(0x80000001, 0, 'edx', [19], 'said once that a CPU may be one of several'),
  claim(
    0x80000007,
    0,
    'edx',
    [8],
    'says that the TSC is invariant; of AMD’s see runner/plan/invariant-tsc.ts',
  ),
  claim(0x80000008, 0, 'ebx', [16, 17, 18, 19], 'says how IBRS or STIBP is best used'),
  claim(0x80000008, 0, 'ebx', [20], 'says what EFER lacks'),
  claim(0x80000008, 0, 'ebx', [26, 29], 'says that a bug is not there'),
  claim(0x80000008, 0, 'ebx', [30], 'says what else IBPB clears'),
  claim(0x80000021, 0, 'eax', [0, 1, 2, 6, 9, 10, 11], 'says how an instruction behaves'),
  claim(0x80000021, 0, 'eax', [5, 28], 'says what else VERW or IBPB clears'),
  claim(0x80000021, 0, 'eax', [29, 30], 'says that a bug is not there'),
  claim(0x80000021, 0, 'ecx', [1, 2], 'says that a bug is not there'),
]

function claim(
  leaf: number,
  subleaf: number,
  register: RegisterName,
  bits: readonly number[],
  reason: string,
): FeatureClaim {
  return { leaf, subleaf, register, bits, reason }
}
