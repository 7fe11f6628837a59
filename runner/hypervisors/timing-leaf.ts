import { hypervisorFirst } from '../cpuid/leaf.js'

/** The timing leaf of the 2008 proposal: EAX = TSC kHz, whatever the hypervisor. */
export const timingLeaf = hypervisorFirst + 0x10

/**
 * How a kernel says that its TSC runs at a frequency (Linux arch/x86/kernel/tsc.c, determine_cpu_tsc_frequencies()): `processor`,
 * or `TSC` where the two differ.
 */
export function frequencyLine(kilohertz: number): RegExp {
  const megahertz = `${Math.floor(kilohertz / 1000)}\\.${String(kilohertz % 1000).padStart(3, '0')}`
  return new RegExp(`^tsc: Detected ${megahertz} MHz`)
}
