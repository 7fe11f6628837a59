import t from 'tap'
import { explain } from '../../runner/report/explain.js'
import type { GuiseRecord } from '../../runner/report/record-schema.js'
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
    /^detected +Microsoft Hyper-V, while KVM's detect\(\) returns 0x40000100, the highest/m,
  )
  t.match(story, /^mixed +yes: interfaces of hyperv and kvm side by side$/m)
  t.match(story, /^classes +clock\.kvm was adopted, .* \(kvm-clock: Using msrs\)$/m)
  t.match(story, /^fail +expected hypervisor KVM, got Microsoft Hyper-V$/m)
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

t.test('a skip is told by its reason', t => {
  const story = explain({ ...record, outcome: null, verdict: 'skip', why: ['needs QEMU >=8.0'] })
  t.match(story, /\n\nskip +needs QEMU >=8\.0\n$/)
  t.end()
})
