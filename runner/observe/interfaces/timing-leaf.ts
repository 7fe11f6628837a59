import { hex32, hypervisorFirst } from '../../cpuid/leaf.js'
import type { InterfaceEvidence } from './evidence.js'
import { logLine } from './facts.js'

const timing = hypervisorFirst + 0x10

/**
 * The timing leaf 0x40000010 of the 2008 proposal: EAX = TSC kHz, whatever the hypervisor. A kernel has taken it up where the
 * TSC frequency that it logs is that very number, and nothing else of the machine states the same one: KVM's clock and
 * VMware's and Hyper-V's own ways would.
 */
export const timingLeaf: InterfaceEvidence = {
  source:
    'Alok Kataria, "CPUID usage for interaction between Hypervisors and Linux", lkml 2008-10-01; Linux arch/x86/kernel/cpu/acrn.c reads it since 6.1',
  offered: ({ leaf }) => {
    const { eax } = leaf(timing)
    return leaf(hypervisorFirst).eax >= timing && eax !== 0
      ? `${hex32(timing)} eax = ${eax} kHz`
      : null
  },
  adopted: facts => {
    const { eax } = facts.leaf(timing)
    if (eax === 0 || statedElsewhere.some(pattern => logLine(facts, pattern) !== null)) return null
    const megahertz = `${Math.floor(eax / 1000)}.${String(eax % 1000).padStart(3, '0')}`
    return logLine(facts, new RegExp(`^tsc: Detected ${megahertz.replace('.', '\\.')} MHz`))
  },
}

const statedElsewhere = [
  /^kvm-clock: Using msrs /,
  /^vmware: TSC freq read from hypervisor/,
  /^Hyper-V: LAPIC Timer Frequency/,
  // A measurement may come upon the same number.
  /^tsc: (?:Fast TSC calibration using PIT|PIT calibration matches|using \w+ reference calibration)/,
]
