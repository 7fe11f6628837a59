import t from 'tap'
import { formatFact } from '../../runner/baseline/fact.js'
import { baselineFacts } from '../../runner/baseline/facts.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import { twoThreads } from '../observe/two-threads.js'
import { exampleRecord } from '../fixtures/record.js'

const lines = (changes: Partial<GuiseRecord> = {}) =>
  baselineFacts(exampleRecord(changes)).map(formatFact)
/** What of a record with `changes` the plain one does not say. */
const added = (changes: Partial<GuiseRecord>) => {
  const plain = lines()
  return lines(changes).filter(line => !plain.includes(line))
}

t.test('all that is known of a guest is a fact', t => {
  t.same(lines(), [
    'clockevent lapic',
    'clocksource available acpi_pm',
    'clocksource available hpet',
    'clocksource available tsc',
    'clocksource current tsc',
    'flag fpu',
    'flag hypervisor',
    'hypervisor KVM',
    'interface identity.kvm offered, adopted',
    'log Hypervisor detected: KVM',
    'log tsc: Detected N MHz processor',
    'mixed no',
    'outcome reported',
    'paravirt KVM',
  ])
  t.same(added({ outcome: 'panic', diedIn: 'f' }), ['died in f', 'outcome panic'])
  t.same(added({ outcome: null }), ['outcome none'])
  t.same(added({ identity: { hypervisor: null, paravirt: null, sysfsType: 'xen' } }), [
    'hypervisor none',
    'paravirt none',
    'sysfs type xen',
  ])
  t.same(added({ cpu: cpuFactsOf(twoThreads) }), [
    'bug mds',
    'bug spectre_v1',
    'cache L1 Data, 32 KiB, 8 ways of 64 sets, lines of 64 bytes, 1 of them: of CPUs 0-1',
    'cache L3 Unified, 16384 KiB, 16 ways of 16384 sets, lines of 64 bytes, 1 of them: of CPUs 0-1',
    'cpu SMT: on',
    'cpu address bits: 40 physical, 48 virtual',
    'cpu cache size: 16384 KiB',
    'cpu family: 6',
    'cpu microcode: 0x1',
    'cpu model: 60',
    'cpu name: A CPU: of two threads',
    'cpu online: 0-1',
    'cpu possible: 0-3',
    'cpu present: 0-1',
    'cpu stepping: 4',
    'cpu vendor: GenuineIntel',
    'cpu wp: yes',
    'topology cores: 1',
    'topology dies: 1',
    'topology online: 2',
    'topology packages: 1',
    'topology threads: 2',
    'vulnerability mds: Vulnerable',
    'vulnerability spectre_v1: Mitigation: barriers',
  ])
  const [kvm] = exampleRecord().interfaces
  if (kvm === undefined) throw new Error('an example without interfaces')
  const interfaces = [{ ...kvm, offered: null, adopted: null }]
  t.same(added({ interfaces }), ['interface identity.kvm not offered, not adopted'])
  t.end()
})

t.test('a mixed guest is one, and each rule that it breaks is a fact', t => {
  const composition: GuiseRecord['composition'] = {
    owners: ['hyperv', 'kvm'],
    mixed: true,
    violations: [
      {
        rule: 'two-of-one-group',
        interfaces: ['identity.hyperv', 'identity.kvm'],
        evidence: ['a line of this run'],
      },
    ],
  }
  t.same(added({ composition }), [
    'mixed yes',
    'violation two-of-one-group: identity.hyperv identity.kvm',
  ])
  t.end()
})

t.test('a clock source that stands in until the tick is there is none', t => {
  const available = ['refined-jiffies', 'jiffies', 'tsc']
  t.same(
    lines({ clocksource: { current: null, available, settled: true } }).filter(line =>
      line.startsWith('clocksource'),
    ),
    ['clocksource available tsc', 'clocksource current none'],
  )
  t.end()
})
