import t from 'tap'
import { encodeSignature } from '../../runner/cpuid/signature.js'
import { type Registers, zeroRegisters } from '../../runner/cpuid/leaf.js'
import { compositionOf, formatViolation } from '../../runner/observe/composition.js'
import { identityOf } from '../../runner/observe/identity.js'
import { observeInterfaces } from '../../runner/observe/observe-interfaces.js'

type Leaves = Record<number, Partial<Registers>>

function observed(
  leaves: Leaves,
  log: string[],
  available: string[] = [],
  dmi: [string, string][] = [],
) {
  const interfaces = observeInterfaces({
    identity: identityOf(log),
    clocksource: { current: available[0] ?? null, available },
    clockevents: [],
    log,
    leaf: leaf => ({ ...zeroRegisters, ...leaves[leaf] }),
    dmi: new Map(dmi),
    devices: [],
    interrupts: [],
  })
  const by = (which: 'offered' | 'adopted') =>
    interfaces.filter(each => each[which] !== null).map(({ id }) => id)
  return {
    offered: by('offered'),
    adopted: by('adopted'),
    ...compositionOf(interfaces, true),
    interfaces,
  }
}

const signature = (text: string, eax: number) => ({ eax, ...encodeSignature(text) })

t.test('asynchronous page faults, in the words of 5.10 and of later kernels', t => {
  const kvm = { 0x40000000: signature('KVMKVMKVM', 0x40000001), 0x40000001: { eax: 1 << 14 } }
  for (const line of [
    'kvm-guest: KVM setup async PF for cpu 0',
    'kvm-guest: setup async PF for cpu 1',
  ]) {
    t.ok(observed(kvm, ['Hypervisor detected: KVM', line]).adopted.includes('kvm.async-pf'), line)
  }
  t.notOk(observed(kvm, ['Hypervisor detected: KVM']).adopted.includes('kvm.async-pf'))
  t.end()
})

t.test(
  'VMware’s clock, in the words of kernels before 5.8 and since, and left alone as told',
  t => {
    const takes = (...log: string[]) =>
      observed({}, ['Hypervisor detected: VMware', ...log]).adopted.includes('clock.vmware-sched')
    const told = 'Kernel command line: quiet no-vmw-sched-clock'
    const later = 'vmware: using clock offset of 6730290165 ns'
    t.ok(takes('vmware: using sched offset of 6730290165 ns'))
    t.ok(takes('Kernel command line: quiet', later))
    t.notOk(takes(told, later), 'the offset is worked out all the same')
    t.notOk(takes(told))
    t.end()
  },
)

t.test('KVM behind Hyper-V: both offered, one adopted, its clock too', t => {
  const seen = observed(
    {
      0x40000000: signature('Microsoft Hv', 0x40000006),
      0x40000003: { eax: 0x260 },
      0x40000100: signature('KVMKVMKVM', 0x40000101),
      0x40000101: { eax: 8 },
    },
    [
      'Hypervisor detected: KVM',
      'kvm-clock: Using msrs 4b564d01 and 4b564d00',
      'Booting paravirtualized kernel on KVM',
    ],
    ['kvm-clock', 'tsc'],
  )
  t.ok(
    ['identity.kvm', 'identity.hyperv', 'clock.kvm', 'clock.hyperv-tsc-page'].every(id =>
      seen.offered.includes(id as never),
    ),
  )
  t.same(
    seen.adopted.filter(id => id.includes('kvm')),
    ['identity.kvm', 'banner.kvm', 'clock.kvm', 'tsc-frequency.kvm'],
  )
  t.match(seen, { owners: ['kvm'], mixed: false })
  t.match(
    seen.interfaces.find(({ id }) => id === 'identity.kvm'),
    { offered: { text: 'KVMKVMKVM at 0x40000100' } },
  )
  t.end()
})

t.test("a part of the loser's ABI is a mix, and a violation", t => {
  const seen = observed(
    {
      0x40000000: signature('Microsoft Hv', 0x40000006),
      0x40000003: { eax: 0x260 },
      0x40000100: signature('KVMKVMKVM', 0x40000101),
    },
    ['Hypervisor detected: KVM'],
    ['hyperv_clocksource_tsc_page'],
  )
  t.match(seen, { owners: ['hyperv', 'kvm'], mixed: true })
  t.same(seen.violations, [
    {
      rule: 'lost-identity',
      interfaces: ['clock.hyperv-tsc-page'],
      evidence: ['current clocksource hyperv_clocksource_tsc_page'],
    },
  ])
  t.end()
})

t.test('what was not offered and is adopted all the same is a violation', t => {
  const seen = observed({}, ['Hypervisor detected: KVM'])
  t.same(seen.violations, [
    {
      rule: 'not-offered',
      interfaces: ['identity.kvm'],
      evidence: ['Hypervisor detected: KVM'],
    },
  ])
  t.end()
})

t.test('two of one exclusive group are a violation', t => {
  const both = (['identity.kvm', 'identity.xen'] as const).map(id => ({
    id,
    class: 'exclusive' as const,
    owner: id === 'identity.kvm' ? ('kvm' as const) : ('xen' as const),
    offered: { text: 'yes' },
    adopted: { text: 'yes' },
  }))
  t.same(compositionOf(both, true).violations.map(formatViolation), [
    'identity.kvm and identity.xen were adopted together, and identity is exclusive (yes; yes)',
  ])
  t.end()
})

t.test('VMware may be offered by DMI', t => {
  const seen = observed(
    {},
    ['Hypervisor detected: VMware'],
    [],
    [['product_serial', 'VMware-56 4d']],
  )
  t.match(seen.violations, [])
  t.ok(seen.adopted.includes('identity.vmware'))
  t.end()
})

t.test('the platform’s clocks are independent and nobody’s', t => {
  const seen = observed(
    { 1: { edx: 0x10 } },
    ['ACPI: PM-Timer IO Port: 0x608', 'ACPI: HPET 0x000000000FFE2A8C 000038'],
    ['tsc', 'hpet', 'acpi_pm'],
  )
  t.same(seen.adopted, ['clock.tsc', 'clock.hpet', 'clock.acpi-pm'])
  t.match(seen, { owners: [], mixed: false, violations: [] })
  t.end()
})

t.test('the TSC is calibrated by whichever way came to a frequency, and by none that failed', t => {
  const calibrated = (...lines: string[]) =>
    observed({}, lines).adopted.includes('tsc-frequency.calibration')
  // arch/x86/kernel/tsc.c of 6.1: quick_pit_calibrate(), pit_hpet_ptimer_calibrate_cpu().
  for (const lines of [
    ['tsc: Fast TSC calibration using PIT'],
    ['tsc: Fast TSC calibration failed', 'tsc: PIT calibration matches HPET. 1 loops'],
    ['tsc: Fast TSC calibration failed', 'tsc: PIT calibration matches PMTIMER. 3 loops'],
    ['tsc: Unable to calibrate against PIT', 'tsc: using HPET reference calibration'],
    ['tsc: Unable to calibrate against PIT', 'tsc: using PMTIMER reference calibration'],
    ['tsc: Using PIT calibration value'],
    ['tsc: HPET/PMTIMER calibration failed. Using PIT calibration.'],
    [
      'tsc: PIT calibration deviates from HPET: 2595103 2303111',
      'tsc: Using PIT calibration value',
    ],
  ]) {
    t.ok(calibrated(...lines), lines.join('; '))
  }
  for (const lines of [
    [],
    ['tsc: Fast TSC calibration failed'],
    ['tsc: Unable to calibrate against PIT', 'tsc: No reference (HPET/PMTIMER) available'],
    ['tsc: Unable to calibrate against PIT', 'tsc: HPET/PMTIMER calibration failed'],
    ['tsc: Detected 2595.123 MHz processor'],
  ]) {
    t.notOk(calibrated(...lines), lines.join('; '))
  }
  t.end()
})

t.test('the timing leaf is adopted when its very number is', t => {
  const leaves = { 0x40000000: signature('KVMKVMKVM', 0x40000010), 0x40000010: { eax: 1234567 } }
  const adopts = (line: string) => observed(leaves, [line]).adopted.includes('common.timing-leaf')
  t.ok(adopts('tsc: Detected 1234.567 MHz processor'))
  t.notOk(adopts('tsc: Detected 2596.116 MHz processor'))
  t.end()
})

t.test('no interface has two names: what shows that one is adopted shows it of no other', t => {
  const all = 0xffffffff
  const interfaces = observeInterfaces({
    identity: identityOf(['Hypervisor detected: Microsoft Hyper-V']),
    // Without the clocks of KVM and Xen, which show in truth that the TSC's frequency is theirs, too.
    clocksource: { current: 'tsc', available: ['tsc', 'hpet', 'acpi_pm'] },
    clockevents: ['lapic', 'lapic-deadline', 'hpet', 'pit', 'Hyper-V clockevent', 'xen'],
    log: ['Hyper-V: Using IPI hypercalls', 'Hyper-V: PV spinlocks enabled'],
    leaf: leaf =>
      leaf === 0x40000000
        ? { ...zeroRegisters, ...signature('Microsoft Hv', 0x40000010) }
        : { eax: all, ebx: all, ecx: all, edx: all },
    dmi: new Map(),
    devices: [],
    interrupts: [],
  })
  const adopted = interfaces.flatMap(each => (each.adopted === null ? [] : [each.adopted.text]))
  t.ok(adopted.length > 10, `${adopted.length} are adopted`)
  t.same(
    adopted.filter((evidence, index) => adopted.indexOf(evidence) !== index),
    [],
  )
  t.end()
})
