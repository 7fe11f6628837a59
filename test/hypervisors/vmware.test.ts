import t from 'tap'
import { vmware } from '../../runner/hypervisors/vmware.js'
import { drivenDevice, onePixelOff } from '../fixtures/driven.js'
import {
  baseLeaf,
  candidates,
  type Case,
  deviceCases,
  said,
  saidInVain,
  testInterfaces,
} from './guest.js'

const vmwareAt = (base: number) => ({
  leaves: { [base]: baseLeaf('VMwareVMware', base + 0x10) },
})
const serial = 'VMware-56 4d 6f 63 6b 69 6e 67'
const offered: Case[] = [
  [vmwareAt(0x40000000), 'VMwareVMware at 0x40000000'],
  [vmwareAt(0x40000100), null],
  [{ serial }, `DMI product serial ${serial}`],
  [{ ...vmwareAt(0x40000000), serial }, 'VMwareVMware at 0x40000000'],
  [{ serial: 'ec2d-56 4d' }, null],
  [{}, null],
]
const frequency: Case[] = [
  said('vmware: TSC freq read from hypervisor : 2445.409 MHz'),
  saidInVain('vmware: Failed to get TSC freq from the hypervisor'),
  saidInVain('vmware: hypercall mode: 0x00'),
]
const told = 'Kernel command line: console=ttyS0 no-vmw-sched-clock panic=-1'
const offset = 'vmware: using clock offset of 10027170268 ns'

const video = deviceCases('15ad:0405', 'vmwgfx', { class: '030000' })
const driven = (changes: Parameters<typeof drivenDevice>[0] = {}): Case[0] => ({
  driven: [drivenDevice(changes)],
})
const shown = (text: string) => ({
  text: `driven by user space: ${text}, the picture came back`,
  device: 'pci 0000:00:03.0',
})

testInterfaces(t, vmware, {
  'identity.vmware': {
    offered,
    adopted: [
      said('Hypervisor detected: VMware'),
      saidInVain('Hypervisor detected: KVM'),
      saidInVain('Booting paravirtualized kernel on VMware hypervisor'),
    ],
  },
  'banner.vmware': {
    offered,
    adopted: [
      said('Booting paravirtualized kernel on VMware hypervisor'),
      saidInVain('Booting paravirtualized kernel on bare hardware'),
    ],
  },
  'clock.vmware-sched': {
    offered: frequency,
    adopted: [
      // Before 5.8, and since.
      said('vmware: using sched offset of 6730290165 ns'),
      said(offset),
      [{ log: ['Kernel command line: console=ttyS0', offset] }, offset],
      // The offset is worked out all the same.
      [{ log: [told, offset] }, null],
      [{ log: ['no-vmw-sched-clock', offset] }, offset],
      [{ log: [told] }, null],
    ],
  },
  'tsc-frequency.vmware': { offered, adopted: frequency },
  'video.vmware-svga': {
    offered: video.offered,
    adopted: [
      ...video.adopted,
      [driven(), shown('SVGA_ID_2, 320x200x32')],
      [
        driven({ answers: { ...drivenDevice().answers, id: '0x90000009', width: 9 } }),
        shown('0x90000009, 9x200x32'),
      ],
      [driven({ drawn: false }), null],
      [driven({ picture: onePixelOff }), null],
      [driven({ picture: null, untaken: 'QEMU does not answer' }), null],
    ],
  },
  'storage.pvscsi': deviceCases('15ad:07c0', 'vmw_pvscsi', { class: '010000' }),
  'network.vmxnet3': deviceCases('15ad:07b0', 'vmxnet3', { class: '020000' }),
})

t.test('by its leaves it is looked for at 0x40000000 alone', t => {
  t.same(
    candidates([[vmware, 0x40000000]]).map(({ name, priority, refused, ignoresNopv }) => [
      name,
      priority,
      refused,
      ignoresNopv,
    ]),
    [['VMware', 0x40000000, null, false]],
  )
  t.same(candidates([[vmware, 0x40000100]]), [])
  t.match(candidates([[vmware, 0x40000000]], { 1: { ecx: 0 } })[0]?.refused, /^the hypervisor bit/)
  t.end()
})
