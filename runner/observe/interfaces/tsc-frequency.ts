import type { InterfaceEvidence } from './evidence.js'
import { clockEvidence, findBase, logLine, signatureEvidence } from './facts.js'
import { vmwareOffered } from './identities.js'
import { hypervBit, kvmFeature } from './leaf-bits.js'
import { timingLeaf } from './timing-leaf.js'

// What pit_hpet_ptimer_calibrate_cpu() and quick_pit_calibrate() of 6.1 say where they come to a frequency. Behind `PIT calibration
// deviates from …` stands `Using PIT calibration value`. `HPET/PMTIMER calibration failed` alone, and `No reference available`,
// mean that they come to none.
const calibrated =
  /^tsc: (?:Fast TSC calibration using PIT|PIT calibration matches|using \w+ reference calibration|Using PIT calibration value|HPET\/PMTIMER calibration failed\. Using PIT calibration)/

/** Where the TSC's frequency came from: the kernel has one, so these exclude each other. */
export const tscFrequencyInterfaces = {
  'tsc-frequency.calibration': {
    source:
      'Linux arch/x86/kernel/tsc.c, native_calibrate_cpu_early() and pit_hpet_ptimer_calibrate_cpu()',
    offered: () => 'any machine has something to measure the TSC against',
    // As Xen HVM the kernel measures its CPU all the same, and is told its TSC's frequency.
    adopted: facts => (clockEvidence(facts, 'xen') === null ? logLine(facts, calibrated) : null),
  },
  'tsc-frequency.kvm': {
    source: 'Linux arch/x86/kernel/kvmclock.c, kvm_get_tsc_khz(), which goes with the clock',
    offered: facts => kvmFeature(3)(facts) ?? kvmFeature(0)(facts),
    adopted: facts => logLine(facts, /^kvm-clock: Using msrs /),
  },
  'tsc-frequency.hyperv': {
    // The line is printed where, and only where, hv_get_tsc_khz() is put in the calibration's place.
    source:
      'Hypervisor TLFS 2.4, AccessFrequencyRegs and FrequencyRegsAvailable; Linux arch/x86/kernel/cpu/mshyperv.c',
    offered: facts =>
      hypervBit(0x40000003, 'edx', 8)(facts) && hypervBit(0x40000003, 'eax', 11)(facts),
    adopted: facts => logLine(facts, /^Hyper-V: LAPIC Timer Frequency/),
  },
  'tsc-frequency.xen': {
    // xen_tsc_khz() goes with the clock.
    source: 'Linux arch/x86/xen/time.c, xen_hvm_init_time_ops()',
    offered: facts => signatureEvidence('XenVMMXenVMM', findBase(facts, 'XenVMMXenVMM')),
    adopted: facts => clockEvidence(facts, 'xen'),
  },
  'tsc-frequency.vmware': {
    source:
      'Linux arch/x86/kernel/cpu/vmware.c, vmware_platform_setup(): the hypercall GETHZ, not the leaf',
    offered: vmwareOffered,
    adopted: facts => logLine(facts, /^vmware: TSC freq read from hypervisor/),
  },
  'tsc-frequency.timing-leaf': timingLeaf,
} as const satisfies Record<string, InterfaceEvidence>
