import t from 'tap'
import { type InterfaceId, interfaceOf } from '../../runner/hypervisors/table.js'
import { compositionOf, formatViolation } from '../../runner/observe/composition.js'
import {
  observeInterfaces,
  type ObservedInterface,
} from '../../runner/observe/observe-interfaces.js'
import { baseLeaf, factsOf, type Guest } from '../hypervisors/guest.js'

/** What becomes of a guest's interfaces. */
function composed(guest: Guest) {
  const interfaces = observeInterfaces(factsOf(guest))
  const by = (which: 'offered' | 'adopted') =>
    interfaces.filter(each => each[which] !== null).map(({ id }) => id)
  return { offered: by('offered'), adopted: by('adopted'), ...compositionOf(interfaces, true) }
}

/** An interface that is offered and adopted, at a device or in all of the machine. */
function adopted(id: InterfaceId, text: string, device?: string): ObservedInterface {
  const { class: kind, owner } = interfaceOf(id)
  const evidence = device === undefined ? { text } : { text, device }
  return { id, class: kind, owner, offered: evidence, adopted: evidence }
}

const kvmBehindHyperv = {
  0x40000000: baseLeaf('Microsoft Hv', 0x40000006),
  0x40000003: { eax: 0x260 },
  0x40000100: baseLeaf('KVMKVMKVM', 0x40000101),
  0x40000101: { eax: 8 },
}

t.test('KVM behind Hyper-V: both are offered, one is adopted, its clock too', t => {
  const seen = composed({
    leaves: kvmBehindHyperv,
    clocks: ['kvm-clock', 'tsc'],
    log: [
      'Hypervisor detected: KVM',
      'kvm-clock: Using msrs 4b564d01 and 4b564d00',
      'Booting paravirtualized kernel on KVM',
    ],
  })
  t.same(seen, {
    offered: [
      'identity.kvm',
      'identity.hyperv',
      'banner.kvm',
      'banner.hyperv',
      'banner.bare-hardware',
      'clock.kvm',
      'clock.hyperv-tsc-page',
      'timer.pit',
      'tsc-frequency.calibration',
      'tsc-frequency.kvm',
    ],
    adopted: ['identity.kvm', 'banner.kvm', 'clock.tsc', 'clock.kvm', 'tsc-frequency.kvm'],
    owners: ['kvm'],
    mixed: false,
    violations: [
      {
        rule: 'not-offered',
        interfaces: ['clock.tsc'],
        evidence: ['available clocksource tsc'],
      },
    ],
  })
  t.end()
})

t.test("a part of the loser's ABI is a mix, and a violation", t => {
  const { owners, mixed, violations } = composed({
    leaves: kvmBehindHyperv,
    log: ['Hypervisor detected: KVM'],
    clocks: ['hyperv_clocksource_tsc_page'],
  })
  t.same({ owners, mixed }, { owners: ['hyperv', 'kvm'], mixed: true })
  t.same(violations, [
    {
      rule: 'lost-identity',
      interfaces: ['clock.hyperv-tsc-page'],
      evidence: ['current clocksource hyperv_clocksource_tsc_page'],
    },
  ])
  t.end()
})

t.test('a device of another hypervisor’s is a mix, and none', t => {
  const seen = compositionOf(
    [
      adopted('identity.kvm', 'Hypervisor detected: KVM'),
      adopted('storage.pvscsi', 'pci 0000:00:03.0 bound to vmw_pvscsi', 'pci 0000:00:03.0'),
      { ...adopted('identity.vmware', 'x'), adopted: null },
    ],
    true,
  )
  t.same(seen, { owners: ['kvm', 'vmware'], mixed: true, violations: [] })
  t.end()
})

t.test(
  'what is not offered and is adopted all the same is a violation, if the offers are known',
  t => {
    const kvm = { ...adopted('identity.kvm', 'Hypervisor detected: KVM'), offered: null }
    t.same(compositionOf([kvm], true).violations, [
      {
        rule: 'not-offered',
        interfaces: ['identity.kvm'],
        evidence: ['Hypervisor detected: KVM'],
      },
    ])
    t.same(compositionOf([kvm], false).violations, [])
    t.end()
  },
)

t.test('two of one exclusive group are a violation', t => {
  const both = [adopted('identity.kvm', 'one'), adopted('identity.xen', 'other')]
  t.same(compositionOf(both, true).violations, [
    {
      rule: 'two-of-one-group',
      interfaces: ['identity.kvm', 'identity.xen'],
      evidence: ['one', 'other'],
    },
  ])
  const apart = [adopted('identity.kvm', 'one'), adopted('banner.xen', 'other')]
  t.same(compositionOf(apart, true).violations, [], 'of two groups they are none')
  t.end()
})

t.test('a mode of a device excludes the other mode of that device alone', t => {
  const [ide, ahci] = ['pci 0000:00:01.1', 'pci 0000:00:1f.2'] as const
  const first = adopted('sata-mode.ide', `${ide} bound to ata_piix`, ide)
  const two = [first, adopted('sata-mode.ahci', `${ahci} bound to ahci`, ahci)]
  t.same(compositionOf(two, true).violations, [])
  const one = [first, adopted('sata-mode.ahci', `${ide} bound to ahci`, ide)]
  t.same(compositionOf(one, true).violations, [
    {
      rule: 'two-of-one-group',
      interfaces: ['sata-mode.ide', 'sata-mode.ahci'],
      evidence: [`${ide} bound to ata_piix`, `${ide} bound to ahci`],
    },
  ])
  t.end()
})

t.test('VMware may be offered by DMI', t => {
  const { adopted, violations } = composed({
    serial: 'VMware-56 4d',
    log: ['Hypervisor detected: VMware'],
  })
  t.same({ adopted, violations }, { adopted: ['identity.vmware'], violations: [] })
  t.end()
})

t.test('the platform’s clocks are independent and nobody’s', t => {
  const { adopted, owners, mixed, violations } = composed({
    leaves: { 1: { edx: 0x10 } },
    log: ['ACPI: PM-Timer IO Port: 0x608', 'ACPI: HPET 0x000000000FFE2A8C 000038'],
    clocks: ['tsc', 'hpet', 'acpi_pm'],
  })
  t.same(adopted, ['clock.tsc', 'clock.hpet', 'clock.acpi-pm'])
  t.same({ owners, mixed, violations }, { owners: [], mixed: false, violations: [] })
  t.end()
})

t.test('a violation in a sentence', t => {
  const told = (
    rule: 'two-of-one-group' | 'not-offered' | 'lost-identity',
    ...ids: InterfaceId[]
  ) => formatViolation({ rule, interfaces: ids, evidence: ids.map((_, index) => `line ${index}`) })
  t.equal(
    told('two-of-one-group', 'identity.kvm', 'identity.xen'),
    'identity.kvm and identity.xen were adopted together, and identity is exclusive (line 0; line 1)',
  )
  t.equal(
    told('not-offered', 'clock.kvm'),
    'clock.kvm was adopted, and the machine does not offer it (line 0)',
  )
  t.equal(
    told('lost-identity', 'clock.kvm'),
    'clock.kvm was adopted, and its hypervisor has not won the identity (line 0)',
  )
  t.end()
})
