import type { InterfaceEvidence } from './evidence.js'
import { clockEvidence, findBase, logLine, signatureEvidence, wasTold } from './facts.js'
import { bitEvidence, hypervBit, kvmFeature } from './leaf-bits.js'

const asClock =
  (name: string): InterfaceEvidence['adopted'] =>
  facts =>
    clockEvidence(facts, name)

/** The clocks: independent of each other, several at the same time, the rating picks the current one. */
export const clockInterfaces = {
  'clock.tsc': {
    source: 'Intel SDM vol. 2A, CPUID.01H:EDX[4]; Linux arch/x86/kernel/tsc.c',
    offered: facts => bitEvidence(facts, 1, 'edx', 4),
    adopted: facts => clockEvidence(facts, 'tsc') ?? clockEvidence(facts, 'tsc-early'),
  },
  'clock.hpet': {
    source: 'Linux drivers/acpi/tables.c lists the tables; arch/x86/kernel/hpet.c',
    offered: facts => logLine(facts, /^ACPI: HPET 0x/),
    adopted: asClock('hpet'),
  },
  'clock.acpi-pm': {
    source: 'Linux drivers/acpi/acpica/tbfadt.c; drivers/clocksource/acpi_pm.c',
    offered: facts =>
      logLine(facts, /^ACPI: PM-Timer IO Port: 0x/) ??
      logLine(facts, /^ACPI: FACP 0x/) ??
      // Without ACPI it is in the chipset all the same.
      logLine(facts, /^pci .*quirk: .* claimed by (?:PIIX4|ICH\d) ACPI/),
    adopted: asClock('acpi_pm'),
  },
  'clock.kvm': {
    source: 'Linux Documentation/virt/kvm/x86/cpuid.rst, bits 0 and 3; arch/x86/kernel/kvmclock.c',
    offered: facts => kvmFeature(3)(facts) ?? kvmFeature(0)(facts),
    adopted: facts =>
      clockEvidence(facts, 'kvm-clock') ?? logLine(facts, /^kvm-clock: Using msrs /),
  },
  'clock.hyperv-tsc-page': {
    source:
      'Hypervisor TLFS 2.4, AccessPartitionReferenceTsc; Linux drivers/clocksource/hyperv_timer.c',
    offered: hypervBit(0x40000003, 'eax', 9),
    adopted: asClock('hyperv_clocksource_tsc_page'),
  },
  'clock.hyperv-msr': {
    source:
      'Hypervisor TLFS 2.4, AccessPartitionReferenceCounter; Linux drivers/clocksource/hyperv_timer.c',
    offered: hypervBit(0x40000003, 'eax', 1),
    adopted: asClock('hyperv_clocksource_msr'),
  },
  'clock.xen': {
    // Whether its pvclock may be used on HVM is known to Xen's hypercalls alone.
    source: 'Linux arch/x86/xen/time.c, xen_hvm_init_time_ops()',
    offered: facts => signatureEvidence('XenVMMXenVMM', findBase(facts, 'XenVMMXenVMM')),
    adopted: asClock('xen'),
  },
  'clock.vmware-sched': {
    source: 'Linux arch/x86/kernel/cpu/vmware.c, vmware_paravirt_ops_setup()',
    offered: facts => logLine(facts, /^vmware: TSC freq read from hypervisor/),
    // Since 5.8 ("x86/vmware: Remove vmware_sched_clock_setup()") it speaks of the offset if it was told to leave the clock alone, too.
    adopted: facts =>
      logLine(facts, /^vmware: using sched offset of /) ??
      (wasTold(facts, 'no-vmw-sched-clock')
        ? null
        : logLine(facts, /^vmware: using clock offset of /)),
  },
} as const satisfies Record<string, InterfaceEvidence>
