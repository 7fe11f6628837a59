import t from 'tap'
import { explain } from '../../runner/report/explain.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const zero = { eax: '0x00000000', ebx: '0x00000000', ecx: '0x00000000', edx: '0x00000000' }
const got: GuiseRecord['cpuid']['got'] = [
  {
    cpu: 0,
    leaves: [
      { leaf: '0x00000001', subleaf: 0, ...zero, ecx: '0x80000000' },
      {
        leaf: '0x40000000',
        subleaf: 0,
        eax: '0x40000006',
        ebx: '0x7263694d',
        ecx: '0x666f736f',
        edx: '0x76482074',
      },
      { leaf: '0x40000003', subleaf: 0, ...zero, eax: '0x00000260' },
      {
        leaf: '0x40000100',
        subleaf: 0,
        eax: '0x40000101',
        ebx: '0x4b4d564b',
        ecx: '0x564b4d56',
        edx: '0x0000004d',
      },
    ],
  },
]
const clock = (adopted: string | null) => ({
  id: 'clock.hyperv-tsc-page' as const,
  class: 'independent' as const,
  owner: 'hyperv' as const,
  offered: '0x40000003 eax bit 9',
  adopted,
})
const record = exampleRecord({
  rule: 'detect() returns the base, and the highest wins',
  cpuid: { asked: [], got },
  interfaces: [...exampleRecord().interfaces, clock(null)],
})

t.test('which won, by which rule, and what was adopted and left alone of each', t => {
  const story = explain(record)
  t.match(story, /^offered +KVM at 0x40000100\n +Microsoft Hyper-V at 0x40000000$/m)
  t.match(
    story,
    /^detected +KVM, the highest of what the probes return: KVM's detect\(\) returns 0x40000100, Microsoft Hyper-V's detect\(\) returns 0x40000000 /m,
  )
  t.match(story, /^adopted +of kvm:\n +identity\.kvm \(Hypervisor detected: KVM\)$/m)
  t.match(story, /^left alone +of hyperv:\n +clock\.hyperv-tsc-page \(0x40000003 eax bit 9\)$/m)
  t.match(story, /^mixed +no: of hypervisors, only kvm's interfaces$/m)
  t.match(story, /^pass .*\n +the rule that is expected: detect\(\) returns the base/m)
  t.end()
})

t.test('a kernel that does not follow the rule, what was expected, and the evidence', t => {
  const story = explain({
    ...record,
    identity: { hypervisor: 'Microsoft Hyper-V', paravirt: 'Hyper-V', sysfsType: null },
    verdict: 'fail',
    why: ['expected hypervisor KVM, got Microsoft Hyper-V'],
    interfaces: [clock('current clocksource hyperv_clocksource_tsc_page')],
    composition: {
      owners: ['hyperv', 'kvm'],
      mixed: true,
      violations: [
        { rule: 'lost-identity', interfaces: ['clock.kvm'], evidence: ['kvm-clock: Using msrs'] },
      ],
    },
  })
  t.match(
    story,
    /^detected +Microsoft Hyper-V; by the rule of released kernels KVM would win: KVM's detect\(\) returns 0x40000100, the highest .*; HYPERVISOR_GUEST=y, KVM_GUEST=y, no nopv; so KVM's detect\(\) returned less; the kernel says nothing of why$/m,
  )
  t.match(story, /^mixed +yes: interfaces of hyperv and kvm side by side$/m)
  t.match(story, /^classes +clock\.kvm was adopted, .* \(kvm-clock: Using msrs\)$/m)
  t.match(story, /^fail +expected hypervisor KVM, got Microsoft Hyper-V$/m)
  const renamed = explain({
    ...record,
    identity: { hypervisor: 'Kvm', paravirt: null, sysfsType: null },
  })
  t.match(
    renamed,
    /KVM's detect\(\) returned less, or `Kvm` is what this kernel calls it; the kernel/,
  )
  t.end()
})

t.test('a death, and a guest that printed what would fool a terminal', t => {
  const story = explain({
    ...record,
    outcome: 'early-exception',
    ending: 'PANIC: early exception 0x06 \u001b[31m',
    cpuid: { asked: [], got: [] },
    interfaces: [],
  })
  t.match(
    story,
    'ended       detected KVM, then early-exception: PANIC: early exception 0x06 \\x1b[31m',
  )
  t.notOk(story.includes('\u001b'))
  t.end()
})

t.test('of a guest that died early it is what it was asked to show', t => {
  const whole = (subleaf: number | null, ebx: string, ecx: string, edx: string) => ({
    leaf: '0x40000000',
    subleaf,
    registers: { eax: '0x40000001', ebx, ecx, edx },
  })
  const bit = {
    leaf: '0x00000001',
    subleaf: null,
    registers: { ...zero, ecx: '0x80000000' },
  }
  const kvm = whole(null, '0x4b4d564b', '0x564b4d56', '0x0000004d')
  const offered = (...asked: GuiseRecord['cpuid']['asked']) =>
    explain({ ...record, outcome: 'hang', cpuid: { asked, got: [] } })
  t.match(offered(bit, kvm), /^offered +KVM at 0x40000000$/m)
  const other = whole(1, '0x00000000', '0x00000000', '0x00000000')
  t.match(offered(bit, kvm, other), /^offered +KVM at 0x40000000$/m, 'whatever its subleaves are')
  t.end()
})

t.test('how busy this machine was', t => {
  const told = (load: GuiseRecord['load']) => explain({ ...record, load })
  const idle = { waited: 0.01, longestStallMs: 4.2, stolen: 0.01, pressure: 0.02, ran: 1 }
  const busy = { ...idle, waited: 0.4, longestStallMs: 68.1, stolen: null, starved: true }
  t.match(
    told(busy),
    /^ended .*\n +it waited 40 % of its time for a CPU, 68 ms at a stretch: its clocks may show it$/m,
  )
  t.match(told({ ...idle, starved: false }), /^ +it waited 2 % of .* CPU, 4 ms at a stretch$/m)
  t.notMatch(told(null), 'waited')
  const timed = (changes: Partial<GuiseRecord>) =>
    explain(exampleRecord({ clockWhy: 'a reason', ...changes }))
  t.match(
    timed({ clock: 'virtual' }),
    /^ +on virtual time: a busy machine does not show in it\n[^ ]/m,
  )
  t.match(timed({ clock: 'real' }), /^ +on real time: a reason\n +it waited 1 % /m)
  t.notMatch(timed({ clock: 'real', accel: 'nested' }), 'time: ')
  t.notMatch(timed({}), 'virtual time')
  t.end()
})

t.test('a QEMU that guise took by itself is told, with why', t => {
  const fingerprint = { ...record.fingerprint, qemu: 'debian:trixie' }
  const told = (qemuWhy: string | null | undefined) =>
    explain({
      ...record,
      qemu: { version: '10.0.13', argv: [] },
      fingerprint,
      ...(qemuWhy === undefined ? {} : { qemuWhy }),
    })
  t.match(
    told('the one in PATH is old'),
    /^ended .*\n +in QEMU 10\.0\.13 of debian:trixie: the one in PATH is old$/m,
  )
  t.notMatch(told(null), 'in QEMU', 'it was asked for')
  t.notMatch(told(undefined), 'in QEMU', 'an older record')
  t.end()
})

t.test('a skip is told by its reason', t => {
  const story = explain({ ...record, outcome: null, verdict: 'skip', why: ['needs QEMU >=8.0'] })
  t.match(story, /\n\nskip +needs QEMU >=8\.0\n$/)
  t.end()
})

t.test('none detected: the rule is a model, and what is known is told', t => {
  const alone = got.map(each => ({ ...each, leaves: each.leaves.slice(0, 3) }))
  const none = (changes: Partial<GuiseRecord>, support: Record<string, string> | null) =>
    explain(
      exampleRecord({
        cpuid: { asked: [], got: alone },
        identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
        log: ['x86/hyperv: VP_INDEX MSR not available.', 'Hyper-V: Host Build 10'],
        kernel: { ...exampleRecord().kernel, guestSupport: support },
        ...changes,
      }),
    )
  const built = { HYPERVISOR_GUEST: 'y', HYPERV: 'y' }
  t.match(
    none({}, built),
    /^detected +none; by the rule of released kernels Microsoft Hyper-V would win: .*; HYPERVISOR_GUEST=y, HYPERV=y, no nopv; so Microsoft Hyper-V's detect\(\) returned 0; the kernel said: x86\/hyperv: VP_INDEX MSR not available\.$/m,
  )
  t.match(none({ commandLine: 'a nopv b' }, built), /; the kernel was told nopv, which leaves/)
  t.match(
    none({}, { ...built, HYPERVISOR_GUEST: 'n' }),
    /; this kernel is built without it: HYPERVISOR_GUEST=n, HYPERV=y$/m,
  )
  t.match(none({}, null), /; its configuration is not known, no nopv; so it lacks the code, or/)
  t.notMatch(none({}, built), /\?/, 'nothing is asked that is known')
  t.end()
})

t.test('under nopv those are left out that do not ignore it', t => {
  const base = (ebx: string, ecx: string, edx: string) => ({
    ...{ leaf: '0x40000000', subleaf: 0, eax: '0x40000004', ebx, ecx, edx },
  })
  const none = (leaf: GuiseRecord['cpuid']['got'][number]['leaves'][number], line: string) =>
    explain(
      exampleRecord({
        cpuid: {
          asked: [],
          got: got.map(each => ({ ...each, leaves: [...each.leaves.slice(0, 1), leaf] })),
        },
        identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
        commandLine: line,
        log: [],
      }),
    )
  const kvm = base('0x4b4d564b', '0x564b4d56', '0x0000004d')
  const xen = base('0x566e6558', '0x65584d4d', '0x4d4d566e')
  t.match(none(kvm, 'a nopv b'), /; the kernel was told nopv, which leaves KVM out$/m)
  t.match(none(kvm, 'a nopvspin b'), /KVM_GUEST=y, no nopv; so KVM's detect\(\) returned 0;/)
  t.match(none(xen, 'a nopv b'), /XEN_PVHVM=y, nopv does not concern it; so Xen HVM's detect\(\)/)
  t.match(none(xen, 'a'), /XEN_PVHVM=y, no nopv; so Xen HVM's/)
  t.end()
})

t.test('a hypervisor that no leaf shows', t => {
  const detected = (hypervisor: string) =>
    explain(exampleRecord({ identity: { hypervisor, paravirt: null, sysfsType: null } }))
  t.match(
    detected('VMware'),
    /^detected +VMware, by its DMI serial number and its port \(.*\), not by a leaf$/m,
  )
  t.match(detected('KVM'), /^detected +KVM, though no leaf offers it$/m)
  t.match(detected('Something else'), /^detected +Something else, though no leaf offers it$/m)
  t.end()
})

t.test('on a terminal lines break between words, with their indentation', t => {
  const lines = explain(record, 60).trimEnd().split('\n')
  t.ok(lines.every(line => line.length <= 60 || !line.trim().includes(' ')))
  t.equal(
    lines.join(' ').replace(/\s+/g, ' '),
    explain(record).trimEnd().replace(/\s+/g, ' '),
    'and every word is whole',
  )
  t.end()
})

t.test('signatures that no probe finds are shown, and said to be that', t => {
  const at = (leaf: string, ebx: string, ecx: string, edx: string) => ({
    ...{ leaf, subleaf: 0, eax: '0x40000001', ebx, ecx, edx },
  })
  const leaves = [
    at('0x40000000', '0x4b4d564b', '0x564b4d56', '0x00000058'),
    at('0x40000100', '0x61774d56', '0x4d566572', '0x65726177'),
    at('0x40000101', '0x00000001', '0x00000002', '0x00000003'),
    at('0x4000ff00', '0x4b4d564b', '0x564b4d56', '0x00000059'),
    at('0x40010000', '0x4b4d564b', '0x564b4d56', '0x0000004d'),
  ]
  const story = explain(exampleRecord({ cpuid: { asked: [], got: [{ cpu: 0, leaves }] } }))
  t.match(
    story,
    /^offered +no hypervisor that Linux knows\n +"KVMKVMKVX" at 0x40000000, which no probe of Linux knows\n +"VMwareVMware" at 0x40000100, where Linux does not look for it\n +"KVMKVMKVY" at 0x4000ff00, which no probe of Linux knows\n[a-z]/m,
  )
  t.end()
})

t.test('what it is told of its TSC, and what is so', t => {
  const tsc = (changes: object) =>
    explain({
      ...exampleRecord(),
      tsc: {
        told: [{ leaf: '0x00000015', khz: 2_592_000 }],
        counts: 2_592_000,
        true: true,
        why: null,
        ...changes,
      },
    })
  t.match(tsc({}), /^TSC +told 2592\.000 MHz \(0x00000015\); it counts at 2592\.000 MHz: true\n/m)
  t.match(
    tsc({ counts: 1_000_000, true: false, why: 'the CPUs of the nested host scale no TSC' }),
    /^TSC +told .*; it counts at 1000\.000 MHz: untrue\n +not at what was asked for: the CPUs of the nested host scale no TSC\n/m,
  )
  t.match(
    tsc({ told: [], counts: null, true: null }),
    /^TSC +told no frequency; it counts at a rate that is not known\n/m,
  )
  t.notMatch(explain(exampleRecord()), /^TSC/m)
  t.end()
})

t.test('what booting cost, in instructions', t => {
  const instructions = {
    firmware: 5_693_035,
    unpacked: 119_401_984,
    detected: 120_212_469,
    init: 536_503_026,
    report: null,
  }
  t.match(
    explain(exampleRecord({ instructions })),
    /^cost +instructions from the kernel’s beginning: 119 M to its first line, 120 M to the line of its hypervisor, 537 M to init\n +of the firmware before it: 5\.69 M\n/m,
  )
  const none = { ...instructions, unpacked: null, detected: null, init: null }
  t.match(
    explain(exampleRecord({ instructions: none })),
    /^cost +instructions from the kernel’s beginning: it came to no line of its own\n/m,
  )
  t.notMatch(explain(exampleRecord()), /^cost/m, 'nothing was counted')
  t.end()
})
