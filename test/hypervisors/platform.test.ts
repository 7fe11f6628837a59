import t from 'tap'
import { platform } from '../../runner/hypervisors/platform.js'
import {
  type Case,
  device,
  deviceCases,
  type InterfaceCases,
  said,
  saidInVain,
  testInterfaces,
} from './guest.js'

const hpet = 'ACPI: HPET 0x000000000FFE1A1D 000038 (v01 BOCHS  BXPC     00000001 BXPC 00000001)'
const hasHpet: Case[] = [
  said(hpet),
  saidInVain('ACPI: HPET id: 0x8086a201 base: 0xfed00000'),
  saidInVain('ACPI: FACP 0x000000000FFE1931 000074 (v01 BOCHS  BXPC     00000001 BXPC 00000001)'),
]
const clock = (name: string): Case[] => [
  [{ clocks: [name, 'jiffies'] }, `current clocksource ${name}`],
  [{ clocks: ['jiffies', name] }, `available clocksource ${name}`],
  [{ clocks: ['jiffies'] }, null],
]
const timer = (name: string): Case[] => [
  [{ clockevents: ['x', name] }, `clock event device ${name}`],
  [{ clockevents: ['x'] }, null],
]
const feature = (register: 'ecx' | 'edx', number: number): Case[] => [
  [{ leaves: { 1: { [register]: 1 << number } } }, `0x00000001 ${register} bit ${number}`],
  [{ leaves: { 1: { [register]: ~(1 << number) } } }, null],
]

/** A mode of a SATA function, with a class code that says so and one that says the other. */
function sataCases(code: string, other: string, ...drivers: string[]): InterfaceCases {
  const place = 'pci 0000:00:1f.2'
  const sata = (inMode: string, driver: string | null) =>
    device('8086:2922', driver, { name: '0000:00:1f.2', class: inMode })
  const second = device('8086:7010', 'another', { class: code })
  const shown = { text: `${place}: 8086:2922 class ${code}`, device: place }
  return {
    offered: [
      [{ devices: [sata(code, null)] }, shown],
      [{ devices: [sata(other, null)] }, null],
      // Of the function that such a driver has taken it is asked, not of another that stands before it.
      ...drivers.flatMap((driver): Case[] => [
        [{ devices: [second, sata(code, driver)] }, shown],
        [{ devices: [second, sata(other, driver)] }, null],
      ]),
      [{ devices: [{ ...sata(code, null), bus: 'virtio' }] }, null],
    ],
    adopted: [
      ...drivers.map((driver): Case => [
        { devices: [second, sata(code, driver)] },
        { text: `${place} bound to ${driver}`, device: place },
      ]),
      [{ devices: [sata(code, null), second] }, null],
      [{ devices: [{ ...sata(code, drivers[0] ?? null), bus: 'virtio' }] }, null],
    ],
  }
}

const ratio = { 0: { eax: 0x16 }, 0x15: { eax: 2, ebx: 0x124 }, 0x16: { eax: 3500 } }

testInterfaces(t, platform, {
  'banner.bare-hardware': {
    offered: 'always',
    adopted: [
      said('Booting paravirtualized kernel on bare hardware'),
      saidInVain('Booting paravirtualized kernel on KVM'),
    ],
  },
  'clock.tsc': {
    offered: feature('edx', 4),
    adopted: [
      ...clock('tsc'),
      [{ clocks: ['tsc-early'] }, 'current clocksource tsc-early'],
      [{ clocks: ['tsc-early', 'tsc'] }, 'available clocksource tsc'],
    ],
  },
  'clock.hpet': { offered: hasHpet, adopted: clock('hpet') },
  'clock.acpi-pm': {
    offered: [
      said('ACPI: PM-Timer IO Port: 0x608'),
      said('ACPI: FACP 0x000000000FFE1931 000074 (v01 BOCHS  BXPC     00000001 BXPC 00000001)'),
      said('pci 0000:00:01.3: quirk: [io  0x0600-0x063f] claimed by PIIX4 ACPI'),
      said('pci 0000:00:1f.0: quirk: [io  0x0600-0x067f] claimed by ICH6 ACPI/GPIO/TCO'),
      saidInVain('pci 0000:00:01.3: quirk: [io  0x0700-0x070f] claimed by PIIX4 SMB'),
      saidInVain(hpet),
    ],
    adopted: clock('acpi_pm'),
  },
  'timer.lapic': { offered: feature('edx', 9), adopted: timer('lapic') },
  'timer.tsc-deadline': { offered: feature('ecx', 24), adopted: timer('lapic-deadline') },
  'timer.hpet': {
    offered: hasHpet,
    adopted: [...timer('hpet'), ...timer('hpet2'), ...timer('hpet3')],
  },
  'timer.pit': { offered: 'always', adopted: timer('pit') },
  'tsc-frequency.calibration': {
    offered: 'always',
    // arch/x86/kernel/tsc.c of 6.1: quick_pit_calibrate(), pit_hpet_ptimer_calibrate_cpu().
    adopted: [
      said('tsc: Fast TSC calibration using PIT'),
      said('tsc: PIT calibration matches HPET. 1 loops'),
      said('tsc: PIT calibration matches PMTIMER. 3 loops'),
      said('tsc: using HPET reference calibration'),
      said('tsc: using PMTIMER reference calibration'),
      said('tsc: Using PIT calibration value'),
      said('tsc: HPET/PMTIMER calibration failed. Using PIT calibration.'),
      // Each alone comes to no frequency.
      saidInVain('tsc: Fast TSC calibration failed'),
      saidInVain('tsc: Unable to calibrate against PIT'),
      saidInVain('tsc: No reference (HPET/PMTIMER) available'),
      saidInVain('tsc: HPET/PMTIMER calibration failed'),
      saidInVain('tsc: PIT calibration deviates from HPET: 2595103 2303111'),
      saidInVain('tsc: Detected 2445.408 MHz processor'),
      saidInVain('tsc: Refined TSC clocksource calibration: 2445.407 MHz'),
      // As Xen HVM the kernel is told its TSC's frequency.
      [{ clocks: ['xen'], log: ['tsc: Fast TSC calibration using PIT'] }, null],
    ],
  },
  'tsc-frequency.cpuid': {
    offered: [
      [{ leaves: ratio }, '0x00000015: 3499912 kHz'],
      [{ leaves: { 0: { eax: 0x16 }, 0x16: { eax: 2600 } } }, '0x00000016: 2600000 kHz'],
      [{ leaves: { ...ratio, 0: { eax: 0x14 } } }, null],
      [{ leaves: { 0x40000000: { eax: 0x40000010 }, 0x40000010: { eax: 2600000 } } }, null],
    ],
    adopted: [
      [
        { leaves: ratio, log: ['tsc: Detected 3499.912 MHz TSC'] },
        'tsc: Detected 3499.912 MHz TSC',
      ],
      [
        { leaves: ratio, log: ['tsc: Detected 3500.000 MHz processor'] },
        'tsc: Detected 3500.000 MHz processor',
      ],
      [{ leaves: ratio, log: ['tsc: Detected 3499.913 MHz TSC'] }, null],
      // A measurement may come to the same.
      [
        {
          leaves: ratio,
          log: ['tsc: Fast TSC calibration using PIT', 'tsc: Detected 3499.912 MHz processor'],
        },
        null,
      ],
      // So may the timing leaf.
      [
        {
          leaves: {
            0: { eax: 0x16 },
            0x16: { eax: 2600 },
            0x40000000: { eax: 0x40000010 },
            0x40000010: { eax: 2_600_000 },
          },
          log: ['tsc: Detected 2600.000 MHz processor'],
        },
        null,
      ],
    ],
  },
  'video.bochs': deviceCases('1234:1111', 'bochs-drm', { class: '030000' }),
  'storage.nvme': {
    offered: [
      [
        { devices: [device('1b36:0010', null, { class: '010802' })] },
        {
          text: 'pci 0000:00:03.0: 1b36:0010 class 010802',
          device: 'pci 0000:00:03.0',
        },
      ],
      [{ devices: [device('1b36:0010', null, { class: '010801' })] }, null],
    ],
    adopted: [
      [
        { devices: [device('1b36:0010', 'nvme', { class: '010802' })] },
        { text: 'pci 0000:00:03.0 bound to nvme', device: 'pci 0000:00:03.0' },
      ],
      [{ devices: [device('1b36:0010', null, { class: '010802' })] }, null],
    ],
  },
  'network.e1000': deviceCases('8086:100e', 'e1000', { class: '020000' }),
  'sata-mode.ide': sataCases('010180', '010601', 'ata_piix', 'ata_generic', 'pata_acpi'),
  'sata-mode.ahci': sataCases('010601', '010180', 'ahci'),
})
