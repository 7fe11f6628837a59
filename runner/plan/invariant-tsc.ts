import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { decodeVendor } from '../cpuid/signature.js'

/**
 * Of AMD's, an invariant TSC promises an MSR: the kernel reads in HWCR[24] (TscFreqSel) that it counts at P0's frequency, and else logs
 * a [Firmware Bug] (Linux arch/x86/kernel/cpu/amd.c, bsp_init_amd(); AMD APM vol. 2, 3.2.10).
 */
export const invariantTsc = 'constant_tsc'

/** Whether edits say that the CPU is AMD's, or Hygon's, whose is alike. */
export function isOfAmd(edits: readonly LeafEdit[]): boolean {
  const registers = edits.find(({ leaf }) => leaf === 0)?.registers
  return (
    registers != null &&
    ['AuthenticAMD', 'HygonGenuine'].includes(
      decodeVendor(mapRegisters(name => registers[name].set)),
    )
  )
}
