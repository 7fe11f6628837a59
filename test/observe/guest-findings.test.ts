import t from 'tap'
import type { GuestReport } from '../../runner/console/protocol/report.js'
import { noFacts } from '../../runner/hypervisors/facts.js'
import { findingsFromConsole, findingsOf } from '../../runner/observe/guest-findings.js'
import { goodSvga } from '../console/protocol/encode-report.js'
import { drivenDevice } from '../fixtures/driven.js'
import { zeroRegisters } from '../../runner/cpuid/leaf.js'

const clockSource = '/sys/devices/system/clocksource/clocksource0'
const clockEvents = '/sys/devices/system/clockevents'

const empty: GuestReport = {
  complete: true,
  problems: [],
  cpus: [],
  kmsg: [],
  files: new Map(),
  devices: [],
  notes: new Map(),
  svga: null,
}

function kmsg(facility: number, text: string): GuestReport['kmsg'][number] {
  return { facility, level: 6, sequence: 0, timestampUs: 0, continuation: false, text }
}

const report: GuestReport = {
  ...empty,
  problems: ['The guest reports: no module xhci.'],
  cpus: [{ cpu: 0, leaves: [{ leaf: 0, subleaf: 0, registers: zeroRegisters }] }],
  kmsg: [kmsg(0, 'Hypervisor detected: VMware'), kmsg(3, 'Hypervisor detected: a daemon')],
  files: new Map([
    ['/sys/hypervisor/type', 'xen\n'],
    [`${clockSource}/current_clocksource`, 'tsc\n'],
    [`${clockSource}/available_clocksource`, 'tsc  hpet acpi_pm \n'],
    [`${clockEvents}/clockevent0/current_device`, 'lapic\n'],
    [`${clockEvents}/broadcast/current_device`, 'hpet\n'],
    [`${clockEvents}/clockevent1/current_device`, 'lapic\n'],
    ['/proc/cpuinfo', 'processor\t: 0\nxflags\t: no\nflags\t\t: sse  fpu apic\nbugs\t: none\n'],
    ['/sys/class/dmi/id/product_serial', 'VMware-42 \n'],
    ['/sys/class/dmi/id/sys_vendor', 'VMware, Inc.\n'],
    ['/proc/interrupts', '           CPU0\n  0:   42   IO-APIC   2-edge   timer\nLOC:  7\n'],
  ]),
  devices: [{ bus: 'virtio', name: 'virtio0', driver: 'virtio_blk', attributes: new Map() }],
  notes: new Map([['clocksource-settled', 'yes']]),
}

t.test('a report is given its meaning, file by file', t => {
  // What it says of the CPUs: cpu-facts.test.ts.
  const { devices, cpu, ...facts } = findingsOf(report).facts
  t.ok(cpu)
  t.same(facts, {
    identity: { hypervisor: 'VMware', paravirt: null, sysfsType: 'xen' },
    clocksource: { current: 'tsc', available: ['tsc', 'hpet', 'acpi_pm'], settled: true },
    clockevents: ['hpet', 'lapic'],
    flags: ['apic', 'fpu', 'sse'],
    driven: [],
  })
  t.same(
    devices.map(({ name, driver }) => [name, driver]),
    [['virtio0', 'virtio_blk']],
  )
  const { cpus, dmi, interrupts, problems, log } = findingsOf(report)
  t.equal(cpus, report.cpus)
  t.same(
    [...dmi],
    [
      ['product_serial', 'VMware-42'],
      ['sys_vendor', 'VMware, Inc.'],
    ],
  )
  t.same(interrupts, ['IO-APIC 2-edge timer', 'LOC'])
  t.equal(problems, report.problems)
  t.same(log, ['Hypervisor detected: VMware'], 'what a program logs is not the kernel’s')
  t.end()
})

t.test('what a report does not hold is not there', t => {
  const { facts, ...rest } = findingsOf(empty)
  t.same(facts, noFacts)
  t.same(rest, {
    cpus: [],
    dmi: new Map(),
    interrupts: [],
    problems: [],
    log: [],
  })
  const unsettled = { ...empty, notes: new Map([['clocksource-settled', 'no']]) }
  t.equal(findingsOf(unsettled).facts.clocksource.settled, false)
  t.end()
})

t.test('of a guest without a report there is what its kernel logged', t => {
  const line = '[    0.000000] Hypervisor detected: KVM'
  t.same(findingsFromConsole(`SeaBIOS\r\n${line}\r\n`), {
    facts: { ...noFacts, identity: { hypervisor: 'KVM', paravirt: null, sysfsType: null } },
    cpus: [],
    dmi: new Map(),
    interrupts: [],
    problems: [],
    log: ['Hypervisor detected: KVM'],
  })
  t.end()
})

t.test('what the guest drove, with what was seen of it from outside', t => {
  const values = { ...goodSvga, drawn: 0, id: 0xffffffff }
  const driving: GuestReport = {
    ...report,
    problems: ['The guest reports: vmware-svga: it stays busy.'],
    svga: { name: '0000:00:03.0', values },
  }
  const untaken = { untaken: 'no surface' }
  t.same(findingsOf(driving, '', untaken).facts.driven, [
    drivenDevice({
      answers: { ...drivenDevice().answers, id: '0xffffffff' },
      drawn: false,
      gaveUp: 'it stays busy',
      picture: null,
      untaken: 'no surface',
    }),
  ])
  const shown = { width: 1, height: 2, rgb: Buffer.alloc(6) }
  const good = { ...report, svga: { name: '0000:00:03.0', values: goodSvga } }
  t.same(findingsOf(good, '', shown).facts.driven, [
    drivenDevice({ picture: { width: 1, height: 2, differing: 2, first: null } }),
  ])
  t.match(findingsOf(good).facts.driven, [{ picture: null, untaken: 'nobody took one' }])
  t.same(findingsOf(report, '', shown).facts.driven, [])
  t.end()
})

t.test('of a log that was overwritten before it was read, the console has the rest', t => {
  const late = (sequence: number, text: string) => ({ ...kmsg(0, text), sequence })
  const lost = { ...report, kmsg: [late(500, 'a lockup'), late(501, 'the end')] }
  const printed = [
    '[    0.000000] Linux version 6.1.0\r',
    '[    0.100000] Hypervisor detected: VMware\r',
    '[   30.000000] a lockup\r',
    '[   31.000000] the end\r',
    'guise: report complete\r',
  ].join('\n')
  const { log, facts } = findingsOf(lost, printed)
  t.same(log, ['Linux version 6.1.0', 'Hypervisor detected: VMware', 'a lockup', 'the end'])
  t.equal(facts.identity.hypervisor, 'VMware')
  t.same(
    findingsOf(lost, printed.slice(-30)).log,
    ['a lockup', 'the end'],
    'a quiet console has less',
  )
  const overtaken = {
    ...lost,
    kmsg: report.kmsg,
    problems: ['The guest reports: /dev/kmsg: records were overwritten before they were read.'],
  }
  t.equal(findingsOf(overtaken, printed).log.length, 4)
  t.same(findingsOf(report, printed).log, ['Hypervisor detected: VMware'], 'a whole one is taken')
  t.end()
})
