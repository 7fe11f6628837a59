import t from 'tap'
import type { RegisterName } from '../../runner/cpuid/leaf.js'
import { hyperv } from '../../runner/hypervisors/hyperv.js'
import {
  baseLeaf,
  candidates,
  type Case,
  type Leaves,
  said,
  saidInVain,
  testInterfaces,
} from './guest.js'

const base = 0x40000000
const hv = baseLeaf('Microsoft Hv', 0x40000006)
const offered: Case[] = [
  [{ leaves: { [base]: hv } }, 'Microsoft Hv at 0x40000000'],
  [{ leaves: { [base + 0x100]: hv } }, null],
  [{}, null],
]
/** Cases of one bit of a leaf: set, all but it, and set where no Hyper-V is. */
const bit = (leaf: number, number: number, register: RegisterName = 'eax'): Case[] => [
  [
    { leaves: { [base]: hv, [leaf]: { [register]: 1 << number } } },
    `0x${leaf.toString(16)} ${register} bit ${number}`,
  ],
  [{ leaves: { [base]: hv, [leaf]: { [register]: ~(1 << number) } } }, null],
  [{ leaves: { [leaf]: { [register]: 1 << number } } }, null],
]
const privilege = (number: number) => bit(0x40000003, number)
const recommendation = (number: number) => bit(0x40000004, number)
const frequencies = (eax: number, edx: number) => ({
  leaves: { [base]: hv, 0x40000003: { eax, edx } },
})

testInterfaces(t, hyperv, {
  'identity.hyperv': {
    offered,
    adopted: [
      said('Hypervisor detected: Microsoft Hyper-V'),
      said('Hypervisor detected: Microsoft HyperV'),
      saidInVain('Hypervisor detected: KVM'),
      saidInVain('Booting paravirtualized kernel on Hyper-V'),
    ],
  },
  'banner.hyperv': {
    offered,
    adopted: [
      said('Booting paravirtualized kernel on Hyper-V'),
      saidInVain('Booting paravirtualized kernel on bare hardware'),
    ],
  },
  'clock.hyperv-tsc-page': {
    offered: privilege(9),
    adopted: [
      [
        { clocks: ['hyperv_clocksource_tsc_page'] },
        'current clocksource hyperv_clocksource_tsc_page',
      ],
      [{ clocks: ['hyperv_clocksource_msr'] }, null],
    ],
  },
  'clock.hyperv-msr': {
    offered: privilege(1),
    adopted: [
      [
        { clocks: ['hyperv_clocksource_tsc_page', 'hyperv_clocksource_msr'] },
        'available clocksource hyperv_clocksource_msr',
      ],
      [{ clocks: ['hyperv_clocksource_tsc_page'] }, null],
    ],
  },
  'timer.hyperv': {
    offered: privilege(3),
    adopted: [
      [{ clockevents: ['Hyper-V clockevent', 'lapic'] }, 'clock event device Hyper-V clockevent'],
      [{ clockevents: ['lapic'], interrupts: ['HVS'] }, null],
    ],
  },
  'tsc-frequency.hyperv': {
    offered: [
      [frequencies(1 << 11, 1 << 8), '0x40000003 eax bit 11'],
      [frequencies(1 << 11, 0), null],
      [frequencies(0, 1 << 8), null],
    ],
    adopted: [
      said('Hyper-V: LAPIC Timer Frequency: 0x3d0900'),
      saidInVain('Hyper-V: Host Build 10.0.20348.1194-1-0'),
    ],
  },
  'hyperv.spinlocks': {
    offered: recommendation(10),
    adopted: [
      said('Hyper-V: PV spinlocks enabled'),
      saidInVain('Hyper-V: PV spinlocks disabled'),
      saidInVain('kvm-guest: PV spinlocks enabled'),
    ],
  },
  'hyperv.ipis': {
    offered: recommendation(10),
    adopted: [
      said('Hyper-V: Using IPI hypercalls'),
      saidInVain('Hyper-V: Using ext hypercall for IPI'),
      saidInVain('kvm-guest: setup PV IPIs'),
    ],
  },
  'hyperv.tlb-flush': {
    offered: recommendation(2),
    adopted: [
      said('Hyper-V: Using hypercall for remote TLB flush'),
      saidInVain('kvm-guest: KVM setup pv remote TLB flush'),
    ],
  },
  'hyperv.apic': {
    offered: recommendation(3),
    adopted: [
      said('Hyper-V: Using enlightened APIC (x2apic mode)'),
      said('Hyper-V: Using enlightened APIC (xapic mode)'),
      saidInVain('Hyper-V: Disabling IBT because of Hyper-V bug'),
    ],
  },
  'hyperv.synic': {
    offered: privilege(2),
    adopted: [
      said('hv_vmbus: Vmbus version:5.3'),
      saidInVain('hv_vmbus: registering driver hv_netvsc'),
    ],
  },
  'hyperv.reenlightenment': {
    offered: privilege(13),
    adopted: [
      [{ interrupts: ['LOC', 'HRE'] }, '/proc/interrupts has HRE'],
      [{ interrupts: ['LOC', 'HVS'] }, null],
    ],
  },
})

t.test('it is looked for at 0x40000000 alone', t => {
  t.same(
    candidates([[hyperv, 0x40000000]]).map(({ name, priority, refused }) => [
      name,
      priority,
      refused,
    ]),
    [['Microsoft Hyper-V', 0x40000000, null]],
  )
  t.same(candidates([[hyperv, 0x40000100]]), [])
  t.end()
})

t.test('what it must have, or does not count', t => {
  const refused = (changes: Leaves) => candidates([[hyperv, base]], changes)[0]?.refused
  const highest = (eax: number) => ({ 0x40000000: { eax } })
  t.equal(refused(highest(0x40000005)), null)
  t.equal(
    refused(highest(0x40000004)),
    'its highest leaf, 0x40000004, is none of 0x40000005 to 0x4000ffff',
  )
  t.equal(refused(highest(0x4000ffff)), null)
  t.match(refused(highest(0x40010000)), /^its highest leaf, 0x40010000, is none of/)
  const privileges = (eax: number) => ({ 0x40000003: { eax } })
  t.equal(refused(privileges(0x60)), null)
  t.equal(refused(privileges(0x20)), 'it lacks the VP index (0x40000003 eax)')
  t.equal(refused(privileges(0x40)), 'it lacks hypercalls (0x40000003 eax)')
  t.equal(refused(privileges(0)), 'it lacks hypercalls and the VP index (0x40000003 eax)')
  t.match(refused({ 1: { ecx: 0 } }), /^the hypervisor bit/)
  t.end()
})
