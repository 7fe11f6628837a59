import t from 'tap'
import { groupOf } from '../../runner/hypervisors/interface.js'
import { inReportOrder } from '../../runner/hypervisors/report-order.js'
import {
  hypervisorNamed,
  hypervisors,
  interfaceIds,
  interfaceOf,
  interfaces,
  owners,
} from '../../runner/hypervisors/table.js'
import { detectionLines } from '../../runner/record/detection-lines.js'
import { factsOf } from './guest.js'

t.test('no interface has two names: what shows that one is adopted shows it of no other', t => {
  const all = 0xffffffff
  const facts = {
    ...factsOf({
      // Without the clocks of KVM and Xen, which show in truth that the TSC's frequency is theirs, too.
      clocks: ['tsc', 'hpet', 'acpi_pm', 'hyperv_clocksource_tsc_page', 'hyperv_clocksource_msr'],
      clockevents: ['lapic', 'lapic-deadline', 'hpet', 'pit', 'Hyper-V clockevent', 'xen'],
      interrupts: ['HRE', 'HVS'],
      log: [
        'Hypervisor detected: Microsoft Hyper-V',
        'Hyper-V: Using IPI hypercalls',
        'Hyper-V: PV spinlocks enabled',
        'kvm-guest: PV spinlocks enabled',
        'xen: PV spinlocks enabled',
      ],
    }),
    leaf: () => ({ eax: all, ebx: all, ecx: all, edx: all }),
  }
  const adopted = interfaces.flatMap(each => each.adopted(facts)?.text ?? [])
  t.equal(adopted.length, 17)
  t.same(
    adopted.filter((evidence, index) => adopted.indexOf(evidence) !== index),
    [],
  )
  t.end()
})

t.test('every interface is listed once, group by group', t => {
  t.equal(new Set(interfaceIds).size, interfaceIds.length)
  t.equal(interfaceIds.length, owners.flatMap(each => Object.keys(each.interfaces)).length)
  const groups = interfaceIds.map(groupOf)
  t.same(
    groups.filter((group, index) => group !== groups[index - 1]),
    [
      ...['identity', 'banner', 'clock', 'timer', 'tsc-frequency', 'common'],
      ...['kvm', 'hyperv', 'xen', 'video', 'storage', 'network', 'sata-mode'],
    ],
  )
  const inGroup = (name: string) => interfaceIds.filter(id => groupOf(id) === name)
  t.same(inGroup('clock'), [
    ...['clock.tsc', 'clock.hpet', 'clock.acpi-pm', 'clock.kvm', 'clock.hyperv-tsc-page'],
    ...['clock.hyperv-msr', 'clock.xen', 'clock.vmware-sched'],
  ])
  t.same(inGroup('storage'), [
    ...['storage.pvscsi', 'storage.virtio-blk', 'storage.virtio-scsi', 'storage.nvme'],
    'storage.xen-blkfront',
  ])
  t.end()
})

t.test('within a group the platform’s own stand first, then the hypervisors in one order', t => {
  const order = (group: string) =>
    interfaces.filter(({ id }) => groupOf(id) === group).map(({ owner }) => owner)
  const once = (owners: readonly string[]) => [...new Set(owners)]
  const inOrder = ['kvm', 'hyperv', 'xen', 'vmware', 'acrn', 'jailhouse', 'bhyve']
  t.same(order('identity'), inOrder)
  t.same(once(order('banner')), ['kvm', 'hyperv', 'xen', 'vmware', 'platform'])
  t.same(once(order('clock')), ['platform', 'kvm', 'hyperv', 'xen', 'vmware'])
  t.same(once(order('timer')), ['platform', 'hyperv', 'xen'])
  t.same(once(order('tsc-frequency')), ['platform', 'kvm', 'hyperv', 'xen', 'vmware', 'common'])
  t.same(once(order('video')), ['vmware', 'platform', 'common'])
  t.same(once(order('storage')), ['vmware', 'common', 'platform', 'xen'])
  t.same(once(order('network')), ['vmware', 'common', 'platform'])
  t.end()
})

t.test('a group or an owner that is new stands behind those that are not', t => {
  const ids = (...listed: [id: string, owner: string][]) =>
    inReportOrder(listed.map(([id, owner]) => ({ id, owner }))).map(({ id }) => id)
  t.same(
    ids(
      ['new.b', 'new'],
      ['acrn.x', 'acrn'],
      ['clock.new', 'new'],
      ['new.a', 'new'],
      ['clock.vmware', 'vmware'],
      ['network.x', 'platform'],
      ['clock.tsc', 'platform'],
    ),
    ['clock.tsc', 'clock.vmware', 'clock.new', 'acrn.x', 'network.x', 'new.b', 'new.a'],
  )
  t.end()
})

t.test('the parts of an ABI presume its identity; clocks and devices of the platform do not', t => {
  for (const { name } of hypervisors) {
    const own = interfaces.filter(({ id }) => groupOf(id) === name)
    t.ok(
      own.every(({ presumesIdentity, owner }) => presumesIdentity === true && owner === name),
      name,
    )
    t.match(interfaceOf(`identity.${name}`), { class: 'exclusive', owner: name })
  }
  t.same(
    interfaces.filter(({ owner, presumesIdentity }) => owner === 'platform' && presumesIdentity),
    [],
  )
  t.same(
    interfaces.filter(({ silent }) => silent).map(({ id }) => id),
    ['kvm.eoi', 'kvm.steal-time', 'kvm.async-pf'],
  )
  t.equal(interfaceOf('clock.none'), undefined)
  t.end()
})

t.test('the hypervisor that a kernel means', t => {
  for (const [text, name] of [
    ['KVM', 'kvm'],
    ['Microsoft Hyper-V', 'hyperv'],
    ['Microsoft HyperV', 'hyperv'],
    ['Hyper-V', 'hyperv'],
    ['Xen HVM', 'xen'],
    ['Xen PV', 'xen'],
    ['xen', 'xen'],
    ['VMware', 'vmware'],
    ['VMware hypervisor', 'vmware'],
    ['ACRN', 'acrn'],
    ['Jailhouse', 'jailhouse'],
    ['Bhyve', 'bhyve'],
    ['bare hardware', undefined],
    ['none', undefined],
    ['', undefined],
  ] as const) {
    t.equal(hypervisorNamed(text), name, text)
    // Xen's modes are many: HVM, PVH, PV.
    const longer = name === 'xen' ? [] : [`${text}x`]
    for (const other of [`x${text}`, ...longer]) t.equal(hypervisorNamed(other), undefined, other)
  }
  for (const { title, name } of hypervisors) t.equal(hypervisorNamed(title), name)
  t.end()
})

t.test('the lines that a record keeps, and those that the code of a hypervisor says', t => {
  const kept = [
    'kvm-guest: PV spinlocks disabled, single CPU',
    'kvm-clock: Using msrs 4b564d01 and 4b564d00',
    'Hyper-V: Host Build 10.0.20348.1194-1-0',
    'x86/hyperv: VP_INDEX MSR not available.',
    'Xen version 4.17.',
    'xen: PV spinlocks disabled',
    'vmware: hypercall mode: 0x00',
    'vmwgfx 0000:00:02.0: [drm] *ERROR* Hardware has no pitchlock',
    'vmw_pvscsi: PVSCSI communication memory: num_ring_pages 8',
    'VMware vmxnet3 virtual NIC driver - version 1.7.0.0-k-NAPI',
    'ACRN: a line',
    'Jailhouse: a line',
    'clocksource: Switched to clocksource tsc',
    'tsc: Detected 2445.408 MHz processor',
    'hpet0: at MMIO 0xfed00000, IRQs 2, 8, 0',
    'Measured 3 cycles TSC warp, Marking TSC unstable',
    'bochs-drm 0000:00:02.0: vgaarb: deactivate vga console',
    'ahci 0000:00:1f.2: version 3.0',
    'ata_piix 0000:00:01.1: version 2.13',
    'virtio_gpu virtio0: [drm] number of scanouts: 1',
  ]
  const dropped = [
    'random: crng init done',
    'kvm [1]: a line',
    'hv_vmbus: Vmbus version:5.3',
    'xen:events: Using 2-level ABI',
    'nvme nvme0: pci function 0000:00:03.0',
    'systemd: tsc: x',
  ]
  t.same(detectionLines([...kept, ...dropped]), kept)
  const speakers = (line: string) =>
    hypervisors.filter(({ speaks }) => speaks.test(line)).map(({ name }) => name)
  for (const [line, name] of [
    ['kvm-guest: PV spinlocks enabled', 'kvm'],
    ['kvm-clock: Using msrs 12 and 11', 'kvm'],
    ['KVM setup pv remote TLB flush', 'kvm'],
    ['Hyper-V: Host Build 10.0.20348.1194-1-0', 'hyperv'],
    ['x86/hyperv: HYPERCALL MSR not available.', 'hyperv'],
    ['hv_vmbus: Vmbus version:5.3', 'hyperv'],
    ['hyperv_keyboard: a line', 'hyperv'],
    ['xen:grant_table: Grant tables using version 1 layout', 'xen'],
    ['xen: PV spinlocks enabled', 'xen'],
    ['xen_netfront: a line', 'xen'],
    ['Xen version 4.17.', 'xen'],
    ['vmware: hypercall mode: 0x00', 'vmware'],
    ['acrn: a line', 'acrn'],
    ['jailhouse: a line', 'jailhouse'],
    ['bhyve: a line', 'bhyve'],
  ] as const) {
    t.same(speakers(line), [name], line)
  }
  t.same(speakers('random: kvm-guest: xen: vmware: Hyper-V: x'), [])
  t.end()
})
