import { hex32, hypervisorFirst } from '../../cpuid/leaf.js'
import type { InterfaceEvidence } from './evidence.js'
import { logLine } from './facts.js'

const timing = hypervisorFirst + 0x10

/**
 * The timing leaf 0x40000010 of the 2008 proposal: EAX = TSC kHz, whatever the hypervisor. A kernel has taken it up
 * when the TSC frequency that it logs is that very number.
 */
export const timingLeaf: InterfaceEvidence = {
  offered: ({ leaf }) => {
    const { eax } = leaf(timing)
    return leaf(hypervisorFirst).eax >= timing && eax !== 0
      ? `${hex32(timing)} eax = ${eax} kHz`
      : null
  },
  adopted: facts => {
    const { eax } = facts.leaf(timing)
    if (eax === 0 || timingLeaf.offered(facts) === null) return null
    const megahertz = `${Math.floor(eax / 1000)}.${String(eax % 1000).padStart(3, '0')}`
    return logLine(facts, new RegExp(`^tsc: Detected ${megahertz.replace('.', '\\.')} MHz`))
  },
}
