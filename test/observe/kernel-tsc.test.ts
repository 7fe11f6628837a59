import t from 'tap'
import { apicMode } from '../../runner/observe/apic-mode.js'
import { kernelTsc } from '../../runner/observe/kernel-tsc.js'
import type { ObservedInterface } from '../../runner/observe/observe-interfaces.js'

const adopted = (id: ObservedInterface['id'], text: string | null): ObservedInterface => ({
  id,
  class: 'exclusive',
  owner: 'platform',
  offered: null,
  adopted: text === null ? null : { text },
})

t.test('what a kernel takes its TSC to count', t => {
  const processor = 'tsc: Detected 3500.000 MHz processor'
  t.equal(kernelTsc(['tsc: Fast TSC calibration failed'], []), null)
  t.same(kernelTsc([processor], []), { khz: 3500000, refinedKhz: null, source: null })
  t.same(
    kernelTsc(
      [
        processor,
        'tsc: Detected 3499.912 MHz TSC',
        'tsc: Refined TSC clocksource calibration: 3499.900 MHz',
      ],
      [
        adopted('tsc-frequency.calibration', null),
        adopted('clock.tsc', 'x'),
        adopted('tsc-frequency.cpuid', 'x'),
      ],
    ),
    { khz: 3499912, refinedKhz: 3499900, source: 'cpuid' },
  )
  t.end()
})

t.test('the mode of the local APICs', t => {
  for (const [log, mode] of [
    [[], null],
    [['APIC: Switch to symmetric I/O mode setup'], { mode: 'xapic', routing: null }],
    [
      ['APIC: Switch to symmetric I/O mode setup', 'Switched APIC routing to physical flat.'],
      { mode: 'xapic', routing: 'physical flat' },
    ],
    [
      [
        'x2apic: enabled by BIOS, switching to x2apic ops',
        'Switched APIC routing to cluster x2apic.',
      ],
      { mode: 'x2apic', routing: 'cluster x2apic' },
    ],
    [
      ['APIC: x2apic enabled', 'APIC: Switched APIC routing to: physical x2apic'],
      { mode: 'x2apic', routing: 'physical x2apic' },
    ],
    [['No local APIC present'], { mode: 'none', routing: null }],
  ] as const)
    t.same(apicMode(log), mode)
  t.end()
})
