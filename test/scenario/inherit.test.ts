import t from 'tap'
import { parseScenarioFile } from '../../runner/scenario/parse.js'
import { formatProblem } from '../../runner/scenario/problem.js'

const base = `name: a
summary: the first
source: a test
groups: [one, two]
hypervisor-leaves: listed
cpu: { properties: { kvm: off, hv-time: on } }
needs: { fidelity: kvm }
cpuid:
  - { leaf: 0x40000000, eax: 0x40000001, signature: KVMKVMKVM }
expect: [{ hypervisor: KVM }]
`

function parse(...others: string[]) {
  const { documents, problems } = parseScenarioFile([base, ...others].join('---\n'), 'x.yaml')
  return { last: documents.at(-1)?.document, problems: problems.map(formatProblem) }
}

t.test('a scenario that is like another has all of it that it does not state itself', t => {
  const { last, problems } = parse(`name: b
summary: the second
like: a
groups: [three]
cpu: { properties: { hv-time: off }, vendor: GenuineIntel }
cpuid:
  - { leaf: 0x40000001, eax: 1 }
`)
  t.same(problems, [])
  t.match(last, {
    name: 'b',
    summary: 'the second',
    source: 'a test',
    needs: { fidelity: 'kvm' },
    cpu: { vendor: 'GenuineIntel' },
    expect: [{ hypervisor: 'KVM' }],
  })
  t.same(last?.groups, ['three'], 'a list takes the place of the other')
  t.same(last?.cpu.properties, { kvm: 'off', 'hv-time': 'off' }, 'mappings are merged')
  t.match(last?.cpuid, [{ leaf: 0x40000000 }, { leaf: 0x40000001 }], 'leaves go on')
  t.equal(last?.cpuid.length, 2)
  t.end()
})

t.test('of a scenario that is itself like another', t => {
  const { last } = parse(
    'name: b\nsummary: s\nlike: a\nsource: b\n',
    'name: c\nsummary: s\nlike: b\n',
  )
  t.match(last, { name: 'c', source: 'b', expect: [{ hypervisor: 'KVM' }] })
  t.end()
})

t.test('problems stand where they are written, also behind what is inherited', t => {
  const { problems } = parse(`name: b
like: a
cpuid:
  - { leaf: 0x40000001, eax: zz }
`)
  t.match(problems, [
    /^x\.yaml:11:1: summary: expected one line: what the guest is shown, got nothing/,
    /^x\.yaml:15:30: cpuid\[1\]\.eax: expected .*, got `zz`/,
  ])
  t.end()
})

t.test('only an earlier scenario of the same file will do', t => {
  const { problems } = parse('name: b\nsummary: s\nlike: c\n', 'name: c\nsummary: s\nlike: a\n')
  t.same(problems, [
    'x.yaml:14:7: like: expected the name of an earlier scenario of this file, got `c`',
  ])
  t.end()
})
