import t from 'tap'
import { kvm } from '../../runner/hypervisors/kvm.js'
import { baseLeaf, candidates, type Case, said, saidInVain, testInterfaces } from './guest.js'

/** A KVM at a base with these features. */
const features = (eax: number, base = 0x40000000) => ({
  leaves: { [base]: baseLeaf('KVMKVMKVM', base + 1), [base + 1]: { eax } },
})
/** Cases of one feature bit, at the first base and at another; alone, and all but it. */
const bit = (number: number): Case[] => [
  [features(1 << number), `0x40000001 eax bit ${number}`],
  [features(1 << number, 0x40000100), `0x40000101 eax bit ${number}`],
  [features(0), null],
  [{ leaves: { 0x40000001: { eax: 1 << number } } }, null],
]
const clockBits: Case[] = [
  ...bit(0),
  ...bit(3),
  [features(0b1001), '0x40000001 eax bit 3'],
  [features(~0b1001), null],
]

testInterfaces(t, kvm, {
  'identity.kvm': {
    offered: [
      [features(0), 'KVMKVMKVM at 0x40000000'],
      [features(0, 0x4000ff00), 'KVMKVMKVM at 0x4000ff00'],
      [features(0, 0x40010000), null],
      [{ leaves: { 0x40000000: baseLeaf('TCGTCGTCGTCG', 0x40000001) } }, null],
    ],
    adopted: [
      said('Hypervisor detected: KVM'),
      saidInVain('Hypervisor detected: Xen HVM'),
      saidInVain('Booting paravirtualized kernel on KVM'),
    ],
  },
  'banner.kvm': {
    offered: [
      [features(0), 'KVMKVMKVM at 0x40000000'],
      [{}, null],
    ],
    adopted: [
      said('Booting paravirtualized kernel on KVM'),
      saidInVain('Booting paravirtualized kernel on bare hardware'),
      saidInVain('Hypervisor detected: KVM'),
    ],
  },
  'clock.kvm': {
    offered: clockBits,
    adopted: [
      [{ clocks: ['kvm-clock', 'tsc'] }, 'current clocksource kvm-clock'],
      [{ clocks: ['tsc', 'kvm-clock'] }, 'available clocksource kvm-clock'],
      said('kvm-clock: Using msrs 4b564d01 and 4b564d00'),
      said('kvm-clock: Using msrs 12 and 11'),
      [{ clocks: ['tsc'], log: ['kvm-clock: using sched offset of 0 cycles'] }, null],
    ],
  },
  'tsc-frequency.kvm': {
    offered: clockBits,
    adopted: [
      said('kvm-clock: Using msrs 4b564d01 and 4b564d00'),
      [{ clocks: ['kvm-clock'] }, null],
    ],
  },
  'kvm.spinlocks': {
    offered: bit(7),
    adopted: [
      said('kvm-guest: PV spinlocks enabled'),
      said('PV spinlocks enabled'),
      saidInVain('kvm-guest: PV spinlocks disabled, single CPU'),
      saidInVain('kvm-guest: PV spinlocks disabled, no host support'),
      saidInVain('xen: PV spinlocks enabled'),
      saidInVain('Hyper-V: PV spinlocks enabled'),
    ],
  },
  'kvm.ipis': {
    offered: bit(11),
    adopted: [
      said('kvm-guest: setup PV IPIs'),
      said('KVM setup PV IPIs'),
      said('setup PV IPIs'),
      saidInVain('kvm-guest: setup PV sched yield'),
    ],
  },
  'kvm.tlb-flush': {
    offered: bit(9),
    adopted: [
      said('kvm-guest: KVM setup pv remote TLB flush'),
      said('KVM setup pv remote TLB flush'),
      saidInVain('Hyper-V: Using hypercall for remote TLB flush'),
    ],
  },
  'kvm.sched-yield': {
    offered: bit(13),
    adopted: [
      said('kvm-guest: setup PV sched yield'),
      said('setup PV sched yield'),
      saidInVain('kvm-guest: setup PV IPIs'),
    ],
  },
  'kvm.eoi': {
    offered: bit(6),
    adopted: [
      said('kvm-guest: APIC: eoi() replaced with kvm_guest_apic_eoi_write()'),
      saidInVain('kvm-guest: APIC: send_IPI_mask() replaced with kvm_send_ipi_mask()'),
    ],
  },
  'kvm.steal-time': {
    offered: bit(5),
    adopted: [
      said('kvm-guest: stealtime: cpu 1, msr f933080'),
      said('kvm-stealtime: cpu 0, msr 13bc2d080'),
      said('KVM: stealtime: cpu 0, msr 13bc2d080'),
      said('stealtime: cpu 12, msr 0'),
      saidInVain('vmware: vmware-stealtime: cpu 0, pa 13bc2d080'),
    ],
  },
  'kvm.async-pf': {
    offered: [
      ...bit(4),
      ...bit(14),
      [features((1 << 14) | (1 << 4)), '0x40000001 eax bit 14'],
      [features(~((1 << 14) | (1 << 4))), null],
    ],
    adopted: [
      said('kvm-guest: setup async PF for cpu 1'),
      said('kvm-guest: KVM setup async PF for cpu 0'),
      said('KVM setup async PF for cpu 10'),
      saidInVain('kvm-guest: setup PV IPIs'),
    ],
  },
})

t.test('it is looked for at every base, and wants the hypervisor bit', t => {
  const found = candidates([[kvm, 0x4000ff00]])
  t.same(found, [
    {
      owner: 'kvm',
      name: 'KVM',
      base: 0x4000ff00,
      priority: 0x4000ff00,
      refused: null,
      ignoresNopv: false,
    },
  ])
  t.same(candidates([[kvm, 0x40010000]]), [])
  t.same(
    candidates([[kvm, 0x40000000]], { 1: { ecx: 0 } }).map(({ refused }) => refused),
    ['the hypervisor bit (0x00000001 ecx bit 31) is clear'],
  )
  t.same(
    candidates([[kvm, 0x40000000]], { 0x40000000: { eax: 0 } }).map(({ refused }) => refused),
    [null],
    'whatever its highest leaf is',
  )
  t.end()
})
