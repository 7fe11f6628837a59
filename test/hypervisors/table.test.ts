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
  t.ok(adopted.length > 10)
  t.same(
    adopted.filter((evidence, index) => adopted.indexOf(evidence) !== index),
    [],
  )
  t.end()
})

// The order of records and reports, for a reader: whose identity, the clocks, what each hypervisor has of its own, the devices.
const orderOfHypervisors = ['kvm', 'hyperv', 'xen', 'vmware', 'acrn', 'jailhouse', 'bhyve']
const orderOfGroups = [
  ...['identity', 'banner', 'clock', 'timer', 'tsc-frequency', 'common'],
  ...orderOfHypervisors,
  ...['video', 'storage', 'network', 'sata-mode'],
]
const orderOfOwners: Record<string, readonly string[]> = {
  identity: orderOfHypervisors,
  banner: [...orderOfHypervisors, 'platform'],
  clock: ['platform', ...orderOfHypervisors],
  timer: ['platform', ...orderOfHypervisors],
  'tsc-frequency': ['platform', ...orderOfHypervisors, 'common'],
  video: ['vmware', 'platform', 'common'],
  storage: ['vmware', 'common', 'platform', 'xen'],
  network: ['vmware', 'common', 'platform'],
}

/** What stands in a list, one after the other; twice where it comes back. */
function runsOf(list: readonly string[]): string[] {
  return list.filter((each, index) => each !== list[index - 1])
}

t.test('every interface is listed once, group by group', t => {
  t.equal(new Set(interfaceIds).size, interfaceIds.length)
  t.equal(interfaceIds.length, owners.flatMap(each => Object.keys(each.interfaces)).length)
  const groups = runsOf(interfaceIds.map(groupOf))
  t.same(groups, [...new Set(groups)], 'no group comes back')
  const known = orderOfGroups.filter(group => groups.includes(group))
  t.same(groups.slice(0, known.length), known, 'in this order, and any other behind them')
  t.end()
})

t.test('in a group the owners stand in its order, and no owner comes back', t => {
  for (const [group, order] of Object.entries(orderOfOwners)) {
    const seen = runsOf(
      interfaces.filter(({ id }) => groupOf(id) === group).map(({ owner }) => owner),
    )
    const known = order.filter(owner => seen.includes(owner))
    t.ok(known.length > 1, group)
    t.same(seen.slice(0, known.length), known, group)
    t.equal(new Set(seen).size, seen.length, group)
    // Those that have no such interface today have their place, too.
    const ids = order.map(owner => ({ id: `${group}.x`, owner }))
    t.same(inReportOrder(ids.toReversed()), ids, group)
  }
  const ofAll = orderOfGroups.map(group => ({ id: `${group}.x`, owner: 'kvm' }))
  t.same(inReportOrder(ofAll.toReversed()), ofAll)
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
  const parts = interfaces.filter(({ id }) => hypervisors.some(({ name }) => name === groupOf(id)))
  t.ok(parts.length > 10)
  t.same(
    parts.filter(({ id, owner, presumesIdentity }) => owner !== groupOf(id) || !presumesIdentity),
    [],
  )
  for (const { name } of hypervisors) {
    t.match(interfaceOf(`identity.${name}`), { class: 'exclusive', owner: name })
  }
  const others = interfaces.filter(({ owner }) => owner === 'platform' || owner === 'common')
  t.ok(others.length > 10)
  t.same(
    others.filter(({ presumesIdentity }) => presumesIdentity),
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

t.test('what a kernel must be built with to know each, and what its drivers need', t => {
  // Linux arch/x86/Kconfig, arch/x86/xen/Kconfig, drivers/hv/Kconfig; arch/x86/kernel/cpu/Makefile builds the code of VMware and
  // Hyper-V with HYPERVISOR_GUEST, and arch/x86/kernel/cpu/hypervisor.c names the other symbols.
  const known: Record<string, [symbols: string, driverSymbols: string]> = {
    xen: ['HYPERVISOR_GUEST XEN_PVHVM', ''],
    vmware: ['HYPERVISOR_GUEST', ''],
    hyperv: ['HYPERVISOR_GUEST', 'HYPERV'],
    kvm: ['HYPERVISOR_GUEST KVM_GUEST', ''],
    jailhouse: ['HYPERVISOR_GUEST JAILHOUSE_GUEST', ''],
    acrn: ['HYPERVISOR_GUEST ACRN_GUEST', ''],
    bhyve: ['HYPERVISOR_GUEST BHYVE_GUEST', ''],
  }
  const found = hypervisors.map(({ name, symbols, driverSymbols = [] }) => [
    name,
    [symbols.join(' '), driverSymbols.join(' ')],
  ])
  t.same(found, Object.entries(known), 'in the order in which Linux probes for them')
  t.end()
})

t.test('the CPU properties by which QEMU shows the leaves of each', t => {
  const owning = (property: string) =>
    hypervisors
      .filter(({ qemuProperties }) => qemuProperties?.test(property))
      .map(each => each.name)
  // QEMU target/i386/cpu.c, x86_cpu_properties[] and feature_word_info[].
  for (const [name, properties] of [
    ['kvm', ['kvm', 'kvmclock', 'kvmclock-stable-bit', 'kvm-pv-eoi', 'kvm_pv_unhalt']],
    ['hyperv', ['hv-relaxed', 'hv_time', 'hv-vendor-id', 'hv-version-id-build', 'hv-passthrough']],
    ['xen', ['xen-vapic']],
    ['vmware', ['vmware-cpuid-freq']],
  ] as const) {
    for (const property of properties) {
      t.same(owning(property), [name], property)
      t.same(owning(`x${property}`), [], `x${property}`)
    }
  }
  for (const property of ['hypervisor', 'tcg-cpuid', 'vmx', 'vmware-cpuid-freq2', 'hvx', 'pmu']) {
    t.same(owning(property), [], property)
  }
  t.end()
})
