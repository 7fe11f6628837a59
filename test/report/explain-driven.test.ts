import t from 'tap'
import { explain } from '../../runner/report/explain.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { drivenDevice, onePixelOff } from '../fixtures/driven.js'
import { exampleRecord } from '../fixtures/record.js'

const video = (adopted: string | null) => ({
  id: 'video.vmware-svga' as const,
  class: 'independent' as const,
  owner: 'vmware' as const,
  offered: 'pci 0000:00:03.0: 15ad:0405 class 030000',
  adopted,
})
const both = { owners: ['kvm', 'vmware'], mixed: true, violations: [] }

t.test('a device that the guest drove, and why it may stand beside another hypervisor', t => {
  const story = explain(
    exampleRecord({
      interfaces: [...exampleRecord().interfaces, video('driven by user space')],
      composition: both,
      driven: [drivenDevice()],
      picture: '/out/a.png',
    }),
  )
  t.match(
    story,
    `driven      vmware-svga (pci 0000:00:03.0), by the guest's init as user space once did, without a driver of the kernel's
              SVGA_ID_2, capabilities 0x00000003, up to 2368x1770, a framebuffer of 16 MiB, a FIFO of 64 KiB
              mode 320x200x32, 1280 bytes a line; it executed its commands
              the picture, taken from outside, is what was drawn, pixel by pixel: /out/a.png
mixed       yes: interfaces of kvm and vmware side by side
            allowed: video.vmware-svga of vmware is independent, an interface that stands for itself, whoever the hypervisor is; not offered with it: identity.vmware, clock.vmware-sched, storage.pvscsi, network.vmxnet3
`,
  )
  t.end()
})

t.test('a device that did not show what was drawn, or was given up', t => {
  const told = (changes: Parameters<typeof drivenDevice>[0], picture: string | null = null) =>
    explain(exampleRecord({ driven: [drivenDevice(changes)], picture }))
  t.match(
    told({ picture: onePixelOff }, '/out/a.png'),
    /^ +the picture of vmware-svga differs .*: \/out\/a\.png$/m,
  )
  t.match(
    told({ picture: null, untaken: 'no surface' }),
    /^ +no picture of vmware-svga could be taken: no surface$/m,
  )
  const given = { drawn: false, gaveUp: 'it stays busy' }
  t.match(told(given), /it executed its commands\n +given up: it stays busy$/m)
  const early = {
    ...given,
    answers: { ...drivenDevice().answers, width: 0, fifoNext: 0, fifoStop: 0 },
  }
  t.notMatch(told(early), / bytes a line/)
  t.notMatch(told({ answers: { ...drivenDevice().answers, fifoStop: 16 } }), 'it executed')
  t.notMatch(explain(exampleRecord()), /^driven/m)
  t.end()
})

t.test('what the classes forbid has no right to be told', t => {
  const told = (...interfaces: GuiseRecord['interfaces']) =>
    explain(
      exampleRecord({
        interfaces: [...exampleRecord().interfaces, ...interfaces],
        composition: {
          ...both,
          violations: [{ rule: 'not-offered', interfaces: ['video.vmware-svga'], evidence: ['x'] }],
        },
      }),
    )
  t.notMatch(told(video('x')), 'allowed:')
  const clockOfVmware = { ...video('x'), id: 'clock.vmware-sched' as const }
  t.notMatch(told(clockOfVmware), 'allowed:', 'a part of an ABI stands for nothing')
  const storage = { ...video('x'), id: 'storage.pvscsi' as const }
  t.match(told(video('x'), storage), /^ +allowed: storage\.pvscsi of vmware is independent/m)
  t.end()
})
