import { byClass, byId, ofDevice, sataMode } from './devices.js'
import { hex32 } from '../cpuid/leaf.js'
import { toldFrequencies, tscLeaves, withinHighest } from '../cpuid/tsc-frequency.js'
import { always, bit, clock, clockEvent, either, type Look, says } from './evidence.js'
import type { LeafLookup } from './facts.js'
import type { Owner } from './hypervisor.js'
import { paravirtBanner } from './identity.js'
import { exclusive, independent, measuredClock } from './interface.js'
import { frequencyLine } from './timing-leaf.js'
import { xen } from './xen.js'

const hasHpet = says(/^ACPI: HPET 0x/)
const isXens = xen.interfaces['clock.xen'].adopted

// The lines of pit_hpet_ptimer_calibrate_cpu() and quick_pit_calibrate() of 6.1 if they arrive at a frequency. `PIT calibration deviates
// from …` is followed by `Using PIT calibration value`. `HPET/PMTIMER calibration failed` alone and `No reference available` mean failure.
const calibrates = says(
  /^tsc: (?:Fast TSC calibration using PIT|PIT calibration matches|using \w+ reference calibration|Using PIT calibration value|HPET\/PMTIMER calibration failed\. Using PIT calibration)/,
)

const tellsFrequency: Look = ({ leaf }) => {
  const [told] = cpusOwn(leaf)
  return told === undefined ? null : { text: `${hex32(told.leaf)}: ${told.khz} kHz` }
}

/** Said without a measurement, and without that the timing leaf may have said the same. */
const readsFrequency: Look = facts => {
  if (calibrates(facts) !== null) return null
  const [timing] = toldFrequencies(facts.leaf).filter(({ leaf }) => leaf === tscLeaves.timing)
  const own = cpusOwn(facts.leaf).filter(({ khz }) => khz !== timing?.khz)
  return own.length === 0 ? null : either(...own.map(({ khz }) => says(frequencyLine(khz))))(facts)
}

function cpusOwn(leaf: LeafLookup) {
  return toldFrequencies(withinHighest(leaf)).filter(told => told.leaf !== tscLeaves.timing)
}

/** The hardware platform: its clocks and timers, and devices of no hypervisor. */
export const platform = {
  name: 'platform',
  telling: [
    /^(?:clocksource|tsc|hpet\d*):? /i,
    /\bMarking TSC unstable\b/,
    /^(?:bochs-drm|ahci|ata_piix):? /,
  ],
  interfaces: {
    'banner.bare-hardware': paravirtBanner(
      always('any machine can be taken for bare hardware'),
      /^bare hardware$/,
    ),
    'clock.tsc': {
      ...measuredClock,
      source: 'Intel SDM vol. 2A, CPUID.01H:EDX[4]; Linux arch/x86/kernel/tsc.c',
      offered: bit(1, 'edx', 4),
      adopted: either(clock('tsc'), clock('tsc-early')),
    },
    'clock.hpet': {
      ...measuredClock,
      source: 'Linux drivers/acpi/tables.c lists the tables; arch/x86/kernel/hpet.c',
      offered: hasHpet,
      adopted: clock('hpet'),
    },
    'clock.acpi-pm': {
      ...measuredClock,
      source: 'Linux drivers/acpi/acpica/tbfadt.c; drivers/clocksource/acpi_pm.c',
      offered: either(
        says(/^ACPI: PM-Timer IO Port: 0x/),
        says(/^ACPI: FACP 0x/),
        // The chipset has it without ACPI, too.
        says(/^pci .*quirk: .* claimed by (?:PIIX4|ICH\d) ACPI/),
      ),
      adopted: clock('acpi_pm'),
    },
    'timer.lapic': {
      ...measuredClock,
      source: 'Intel SDM vol. 2A, CPUID.01H:EDX[9]; Linux arch/x86/kernel/apic/apic.c',
      offered: bit(1, 'edx', 9),
      adopted: clockEvent('lapic'),
    },
    'timer.tsc-deadline': {
      ...measuredClock,
      source:
        'Intel SDM vol. 3, TSC-deadline mode, CPUID.01H:ECX[24]; Linux arch/x86/kernel/apic/apic.c',
      offered: bit(1, 'ecx', 24),
      adopted: clockEvent('lapic-deadline'),
    },
    'timer.hpet': {
      ...measuredClock,
      source: 'Linux arch/x86/kernel/hpet.c',
      offered: hasHpet,
      adopted: clockEvent('hpet', 'hpet2', 'hpet3'),
    },
    'timer.pit': {
      ...measuredClock,
      source: 'Linux arch/x86/kernel/i8253.c; a machine of QEMU has one unless `pit: off`',
      offered: ({ pit }) => (pit ? { text: 'the machine has a PIT' } : null),
      adopted: clockEvent('pit'),
    },
    'tsc-frequency.calibration': {
      ...exclusive,
      measured: true,
      source:
        'Linux arch/x86/kernel/tsc.c, native_calibrate_cpu_early() and pit_hpet_ptimer_calibrate_cpu()',
      offered: always('any machine has something to measure the TSC against'),
      // On Xen the kernel measures its CPU, too, but takes the TSC's frequency from Xen.
      adopted: facts => (isXens(facts) === null ? calibrates(facts) : null),
    },
    'tsc-frequency.cpuid': {
      ...exclusive,
      source:
        'Intel SDM vol. 2A, CPUID.15H and CPUID.16H; Linux arch/x86/kernel/tsc.c, native_calibrate_tsc() and cpu_khz_from_cpuid(), of Intel CPUs alone',
      offered: tellsFrequency,
      adopted: readsFrequency,
    },
    'video.bochs': {
      ...independent,
      ...ofDevice(
        'QEMU docs/specs/standard-vga.rst, 1234:1111; Linux drivers/gpu/drm/tiny/bochs.c',
        byId('pci', '1234', '1111'),
        'bochs-drm',
      ),
    },
    'storage.nvme': {
      ...independent,
      ...ofDevice(
        'NVM Express Base Specification 2.0: PCI class 010802',
        byClass('010802'),
        'nvme',
      ),
    },
    'network.e1000': {
      ...independent,
      ...ofDevice(
        'Linux drivers/net/ethernet/intel/e1000/e1000_main.c, 8086:100e; QEMU hw/net/e1000.c',
        byId('pci', '8086', '100e'),
        'e1000',
      ),
    },
    'sata-mode.ide': sataMode(
      'PCI Code and ID Assignment Specification, class 0101; Linux drivers/ata/ata_piix.c',
      byClass('0101'),
      'ata_piix',
      'ata_generic',
      'pata_acpi',
    ),
    'sata-mode.ahci': sataMode(
      'Serial ATA AHCI 1.3.1, class 010601; Linux drivers/ata/ahci.c',
      byClass('0106'),
      'ahci',
    ),
  },
} as const satisfies Owner
