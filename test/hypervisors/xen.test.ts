import t from 'tap'
import { xen } from '../../runner/hypervisors/xen.js'
import {
  baseLeaf,
  candidates,
  type Case,
  device,
  said,
  saidInVain,
  testInterfaces,
} from './guest.js'

const xenAt = (base: number) => ({
  leaves: { [base]: baseLeaf('XenVMMXenVMM', base + 4) },
})
// What it has behind its signature only its hypercalls tell.
const offered: Case[] = [
  [xenAt(0x40000000), 'XenVMMXenVMM at 0x40000000'],
  [xenAt(0x40000100), 'XenVMMXenVMM at 0x40000100'],
  [{}, null],
]
const vbd = (driver: string | null, changes = {}) => ({
  devices: [device('', driver, { bus: 'xen', name: 'vbd-768', ...changes })],
})

testInterfaces(t, xen, {
  'identity.xen': {
    offered,
    adopted: [
      said('Hypervisor detected: Xen HVM'),
      said('Hypervisor detected: Xen PV'),
      saidInVain('Hypervisor detected: KVM'),
      saidInVain('Booting paravirtualized kernel on Xen HVM'),
    ],
  },
  'banner.xen': {
    offered,
    adopted: [
      said('Booting paravirtualized kernel on Xen HVM'),
      said('Booting kernel on Xen PV'),
      saidInVain('Booting paravirtualized kernel on bare hardware'),
    ],
  },
  'clock.xen': {
    offered,
    adopted: [
      [{ clocks: ['xen', 'tsc'] }, 'current clocksource xen'],
      [{ clocks: ['tsc'], log: ['clocksource: xen: mask: 0xffffffffffffffff'] }, null],
    ],
  },
  'timer.xen': {
    offered,
    adopted: [
      [{ clockevents: ['lapic', 'xen'] }, 'clock event device xen'],
      [{ clockevents: ['lapic'], log: ['Xen: using vcpuop timer interface'] }, null],
    ],
  },
  'tsc-frequency.xen': {
    offered,
    adopted: [
      [{ clocks: ['tsc', 'xen'] }, 'available clocksource xen'],
      [{ clocks: ['tsc'] }, null],
    ],
  },
  'xen.event-channels': {
    offered,
    adopted: [
      said('xen:events: Using 2-level ABI'),
      said('xen:events: Using FIFO-based ABI'),
      saidInVain('xen:events: Xen HVM callback vector for event delivery is enabled'),
    ],
  },
  'xen.callback-vector': {
    offered,
    adopted: [
      said('xen:events: Xen HVM callback vector for event delivery is enabled'),
      saidInVain('xen:events: Using 2-level ABI'),
    ],
  },
  'xen.grant-tables': {
    offered,
    adopted: [
      said('xen:grant_table: Grant tables using version 1 layout'),
      said('xen:grant_table: Grant tables using version 2 layout'),
      saidInVain('xen:balloon: Initialising balloon driver'),
    ],
  },
  'xen.spinlocks': {
    offered,
    adopted: [
      said('xen: PV spinlocks enabled'),
      saidInVain('xen: PV spinlocks disabled'),
      saidInVain('kvm-guest: PV spinlocks enabled'),
    ],
  },
  'storage.xen-blkfront': {
    offered: [
      [vbd(null), { text: 'xen vbd-768: :', device: 'xen vbd-768' }],
      [vbd(null, { name: 'vif-0' }), null],
      [vbd(null, { bus: 'pci' }), null],
    ],
    adopted: [
      [vbd('vbd'), { text: 'xen vbd-768 bound to vbd', device: 'xen vbd-768' }],
      [vbd(null), null],
      [vbd('vbd', { name: 'vif-0' }), null],
    ],
  },
})

t.test('it is looked for at every base, without the hypervisor bit and under nopv', t => {
  t.same(candidates([[xen, 0x4000ff00]], { 1: { ecx: 0 } }), [
    {
      owner: 'xen',
      name: 'Xen HVM',
      base: 0x4000ff00,
      priority: 0x4000ff00,
      refused: null,
      ignoresNopv: true,
    },
  ])
  t.end()
})

t.test('it has two leaves at least beyond its base, and the difference is unsigned', t => {
  const found = (eax: number) => candidates([[xen, 0x40000000]], { 0x40000000: { eax } }).length
  t.equal(found(0x40000002), 1)
  t.equal(found(0x40000001), 0)
  t.equal(found(0x40000000), 0)
  t.equal(found(0), 1)
  t.end()
})
