import type { InterfaceEvidence } from './evidence.js'
import { findBase, type InterfaceFacts, logLine, signatureEvidence } from './facts.js'
import { bitEvidence, hypervBit } from './leaf-bits.js'

const asDevice =
  (...names: readonly string[]): InterfaceEvidence['adopted'] =>
  ({ clockevents }: InterfaceFacts) => {
    const found = names.find(name => clockevents.includes(name))
    return found === undefined ? null : `clock event device ${found}`
  }

/** What raises timer interrupts: the devices in charge, by /sys/devices/system/clockevents. Independent of the clocks. */
export const timerInterfaces = {
  'timer.lapic': {
    source: 'Intel SDM vol. 2A, CPUID.01H:EDX[9]; Linux arch/x86/kernel/apic/apic.c',
    offered: facts => bitEvidence(facts, 1, 'edx', 9),
    adopted: asDevice('lapic'),
  },
  'timer.tsc-deadline': {
    source:
      'Intel SDM vol. 3, TSC-deadline mode, CPUID.01H:ECX[24]; Linux arch/x86/kernel/apic/apic.c',
    offered: facts => bitEvidence(facts, 1, 'ecx', 24),
    adopted: asDevice('lapic-deadline'),
  },
  'timer.hpet': {
    source: 'Linux arch/x86/kernel/hpet.c',
    offered: facts => logLine(facts, /^ACPI: HPET 0x/),
    adopted: asDevice('hpet', 'hpet2', 'hpet3'),
  },
  'timer.pit': {
    source: 'Linux arch/x86/kernel/i8253.c; every machine of QEMU but microvm has one',
    offered: () => 'the machine has a PIT',
    adopted: asDevice('pit'),
  },
  // The TLFS calls them synthetic timers, QEMU hv-stimer.
  'timer.hyperv': {
    source:
      'Hypervisor TLFS 2.4, AccessSyntheticTimerRegs; Linux drivers/clocksource/hyperv_timer.c',
    offered: hypervBit(0x40000003, 'eax', 3),
    // Not the row HVS of /proc/interrupts: 7.x shows that whether the timers are offered or not.
    adopted: asDevice('Hyper-V clockevent'),
  },
  'timer.xen': {
    source: 'Linux arch/x86/xen/time.c, xen_setup_timer()',
    offered: facts => signatureEvidence('XenVMMXenVMM', findBase(facts, 'XenVMMXenVMM')),
    adopted: asDevice('xen'),
  },
} as const satisfies Record<string, InterfaceEvidence>
