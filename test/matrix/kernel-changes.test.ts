import t from 'tap'
import { parseFact } from '../../runner/baseline/fact.js'
import type { Change } from '../../runner/matrix/change.js'
import { causeOfChange } from '../../runner/matrix/kernel-changes.js'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import { exampleRecord } from '../fixtures/record.js'
import { twoThreads } from '../observe/two-threads.js'

const got = [0, 1].map(cpu => ({ cpu, leaves: [] }))
const on = (version: string) =>
  exampleRecord({ kernel: { ...exampleRecord().kernel, version }, cpuid: { asked: [], got } })

function change(line: string): Change {
  return { sign: line.startsWith('+') ? '+' : '-', fact: parseFact(line.slice(2)) }
}

const adopted = (id: string, yes: boolean) =>
  `interface ${id} offered, ${yes ? 'adopted' : 'not adopted'}`
const newly = (id: string) => [`- ${adopted(id, false)}`, `+ ${adopted(id, true)}`]
const noLonger = (id: string) => [`- ${adopted(id, true)}`, `+ ${adopted(id, false)}`]

// Linux's own history: the first versions with each commit, the last before each, and those of the series between that lack it.
const commits = [
  {
    commit: '7fa0da537368',
    lines: [
      '- died in xen_hvm_init_shared_info',
      '+ died in xen_hypercall_amd',
      '+ died in xen_hypercall_intel',
    ],
    between: [
      ['5.10.231', '5.10.232'],
      ['5.15.174', '5.15.175'],
      ['6.1.120', '6.1.121'],
      ['6.6.66', '6.6.67'],
      ['6.12.5', '6.12.6'],
      ['6.13-rc3', '6.13-rc4'],
      ['5.11', '6.1.192'],
    ],
    not: [
      ['5.10.231', '5.11'],
      ['5.15.174', '5.16'],
      ['6.1.120', '6.2'],
      ['6.6.66', '6.7'],
      ['6.12.5', '6.13-rc3'],
      ['5.10.231', '5.15.174'],
    ],
  },
  {
    commit: 'f3f26dae05e3',
    lines: [...noLonger('kvm.steal-time'), ...noLonger('kvm.async-pf')],
    between: [['5.16.20', '5.17-rc1']],
    not: [['5.15.1', '5.16.20']],
  },
  {
    commit: 'e5313f1c5404',
    lines: ['+ clocksource available hyperv_clocksource_msr', ...newly('clock.hyperv-msr')],
    between: [['6.4.16', '6.5-rc1']],
    not: [['6.3', '6.4.16']],
  },
  {
    commit: 'bef4f379e953',
    lines: newly('kvm.eoi'),
    between: [['6.5.13', '6.6-rc1']],
    not: [['6.4', '6.5.13']],
  },
  {
    commit: '34bf25e820ae',
    lines: ['- died in vmware_platform_setup', '+ died in vmware_hypercall3'],
    between: [['6.10.14', '6.11-rc1']],
    not: [['6.9', '6.10.14']],
  },
  {
    commit: 'e7ff4ebffe3b',
    lines: [
      '- clocksource current hpet',
      '+ clocksource current tsc',
      '+ clocksource available tsc',
      ...newly('clock.tsc'),
    ],
    between: [['6.11.11', '6.12-rc1']],
    not: [['6.10', '6.11.11']],
  },
] as const

for (const { commit, lines, between, not } of commits) {
  t.test(`what comes of commit ${commit} is told where a version brings it`, t => {
    for (const line of lines) {
      const asked = change(line)
      const reversed: Change = { ...asked, sign: asked.sign === '+' ? '-' : '+' }
      for (const [before, now] of between) {
        const name = `${line}: ${before} to ${now}`
        t.equal(causeOfChange(asked, on(before), on(now))?.split(' ')[0], commit, name)
        t.equal(causeOfChange(asked, on(now), on(now)), null, `${now} is no newer than itself`)
        t.equal(causeOfChange(asked, on(now), on(before)), null, `${name}, the other way round`)
        t.equal(causeOfChange(reversed, on(before), on(now)), null, `${name}, the other sign`)
      }
      for (const [before, now] of not) {
        t.equal(causeOfChange(asked, on(before), on(now)), null, `${line}: ${before} to ${now}`)
      }
    }
    t.end()
  })
}

t.test('the TSCs of one CPU, and those of Intel, were never in question', t => {
  const tsc = change('+ clocksource available tsc')
  const one = { ...on('6.12.1'), cpuid: { asked: [], got: got.slice(1) } }
  t.equal(causeOfChange(tsc, on('6.11.1'), one), null)
  t.equal(causeOfChange(tsc, on('6.11.1'), { ...on('6.12.1'), vendor: 'GenuineIntel' }), null)
  t.end()
})

t.test('a version that cannot be read tells nothing', t => {
  const eoi = change('+ interface kvm.eoi offered, adopted')
  t.equal(causeOfChange(eoi, on('mine'), on('6.6')), null)
  t.equal(causeOfChange(eoi, on('6.5'), on('mine')), null)
  t.end()
})

t.test('what Linux makes of a CPU otherwise', t => {
  const of = (version: string, changes: object) => ({ ...on(version), ...changes })
  const cause = (line: string, changes: object, older = '6.8.12', newer = '6.16-rc1') =>
    causeOfChange(change(line), of(older, changes), of(newer, changes)) ?? ''
  const cpuFacts = cpuFactsOf(twoThreads)
  const intel = { vendor: 'GenuineIntel', cpu: cpuFacts }
  const amd = { vendor: 'AuthenticAMD', flags: ['fpu'] }
  t.match(cause('+ flag xtopology', amd), /^c749ce393b8f /)
  t.equal(cause('+ flag xtopology', intel), '')
  t.match(cause('- flag constant_tsc', intel), /^fadb6f569b10 /)
  t.equal(cause('- flag constant_tsc', amd), '')
  t.equal(cause('- flag constant_tsc', intel, '6.8', '6.14.11'), '')
  const p4 = { vendor: 'GenuineIntel', cpu: { ...cpuFacts, family: 15 } }
  t.match(cause('+ flag rep_good', p4), /extended Families/)
  t.equal(cause('+ flag rep_good', intel), '')
  const zen = { vendor: 'AuthenticAMD', cpu: { ...cpuFacts, family: 0x17, smt: 'notsupported' } }
  const srso = '+ vulnerability spec_rstack_overflow: Mitigation: SMT disabled'
  t.match(cause(srso, zen), /looks at SMT/)
  t.equal(cause(srso, { ...zen, cpu: { ...zen.cpu, smt: 'on' } }), '')
  t.equal(cause(srso, { ...zen, cpu: { ...zen.cpu, family: 0x19 } }), '')
  const cache = 'cache L1 Data, 32 KiB, 16 ways of 32 sets, lines of 64 bytes'
  t.match(cause(`- ${cache}`, amd), /CPUID\(0x80000005\)/)
  t.match(cause(`+ ${cache}`, amd), /CPUID\(0x80000005\)/)
  t.equal(cause(`+ ${cache}`, { ...amd, flags: ['topoext'] }), '')
  t.equal(cause(`+ ${cache}`.replace('L1', 'L2'), amd), '')
  t.match(cause('+ cpu APIC: none, noop', intel, '6.5', '6.6-rc1'), /apic_install_driver/)
  t.equal(cause('+ cpu APIC: none, noop', intel, '6.6', '6.12'), '')
  t.match(
    cause('- cpu APIC: xapic, physical flat', intel, '6.11', '6.12-rc1'),
    /logical destination/,
  )
  t.equal(cause('- cpu APIC: x2apic, cluster x2apic', intel, '6.11', '6.12-rc1'), '')
  const without = { leaf: '0x00000000', subleaf: 0, eax: '0x00000001', ebx: '', ecx: '', edx: '' }
  const lacking = { ...intel, cpuid: { asked: [], got: [{ cpu: 0, leaves: [without] }] } }
  t.match(cause('- cpu TLB: 1024 4K pages', lacking), /highest leaf is below 2/)
  t.equal(cause('+ cpu TLB: 1024 4K pages', lacking), '')
  const having = [{ cpu: 0, leaves: [{ ...without, eax: '0x00000002' }] }]
  t.equal(cause('- cpu TLB: 1024 4K pages', { ...intel, cpuid: { asked: [], got: having } }), '')
  t.end()
})
