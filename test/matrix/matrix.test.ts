import t from 'tap'
import { matrixAsJson } from '../../runner/matrix/json.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { formatMatrix } from '../../runner/matrix/text.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const kernel = (version: string): GuiseRecord['kernel'] => ({
  spec: `debian:${version}`,
  release: `${version}-cloud-amd64`,
  version,
  banner: `${version}-cloud-amd64 (x@y) #1 SMP PREEMPT_DYNAMIC Wed Nov 25 10:00:00 UTC 2026`,
  guestSupport: null,
  sha256: version,
})
const old = exampleRecord({ kernel: kernel('5.10.262') })
const same = exampleRecord({ kernel: kernel('6.1.192') })
const none = exampleRecord({
  kernel: kernel('6.12.118'),
  identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
  rule: 'commit x refuses it',
})
const skip = exampleRecord({
  kernel: kernel('6.12.118'),
  scenario: 'xen',
  verdict: 'skip',
  outcome: null,
})
const nested = exampleRecord({ kernel: kernel('6.1.192'), scenario: 'xen', fidelity: 'kvm' })

t.test('kernels from the oldest on, and each cell against the kernel before it', t => {
  const { kernels, rows } = matrixAsJson(makeMatrix([none, same, skip, old, nested]))
  t.same(
    kernels.map(({ version }) => version),
    ['5.10.262', '6.1.192', '6.12.118'],
  )
  const [row] = rows
  t.equal(row?.scenario, 'kvm-no-features')
  t.same(
    row?.cells.map(cell => cell?.changes),
    [
      null,
      [],
      ['- hypervisor KVM', '- paravirt KVM', '+ hypervisor none', '+ paravirt bare hardware'],
    ],
  )
  t.end()
})

t.test('what was not run, or at another fidelity, is not compared', t => {
  const { rows } = makeMatrix([
    old,
    exampleRecord({ kernel: kernel('6.1.192'), fidelity: 'kvm' }),
    exampleRecord({ kernel: kernel('6.12.118'), verdict: 'skip', outcome: null }),
    exampleRecord({ kernel: kernel('7.3.4') }),
  ])
  t.same(
    rows[0]?.cells.map(cell => cell?.changes),
    [null, null, null, []],
    'the last with the first',
  )
  t.end()
})

t.test('as text: what is the same is short, what differs in full with its rule', t => {
  const text = formatMatrix(makeMatrix([none, same, skip, old, nested]), false)
  t.match(text, /^scenario +5\.10\.262 cloud +6\.1\.192 cloud +6\.12\.118 cloud$/m)
  t.match(text, /^kvm-no-features +KVM, tsc +=  +≠ none, tsc$/m)
  t.match(text, /^xen +- +KVM, tsc +skip$/m)
  t.match(text, /^kvm-no-features, from 6\.12\.118 cloud on:\n {2}- hypervisor KVM\n/m)
  t.match(text, /^ {2}because: commit x refuses it$/m)
  t.match(
    text,
    '2 scenarios on 3 kernels, 5 cells: 4 pass, 0 fail, 1 skip, 0 error\n1 differs from the kernel before, 0 of them for no cause that is known\n',
  )
  t.end()
})

t.test(
  'a difference has a cause: a change of Linux, or what the scenario says of one kernel',
  t => {
    const eoi = (version: string, adopted: string | null, cpus = 1) =>
      exampleRecord({
        kernel: kernel(version),
        interfaces: [{ id: 'kvm.eoi', class: 'independent', owner: 'kvm', offered: 'x', adopted }],
        clocksource: { current: adopted === null ? 'hpet' : 'tsc', available: [], settled: true },
        cpuid: { asked: [], got: Array.from({ length: cpus }, (_, cpu) => ({ cpu, leaves: [] })) },
      })
    const cell = (...records: GuiseRecord[]) =>
      matrixAsJson(makeMatrix(records)).rows[0]?.cells.at(-1)
    const clock = ['- clocksource current hpet', '+ clocksource current tsc']

    const one = cell(eoi('6.1.192', null), eoi('6.12.118', 'yes'))
    t.matchOnly(one?.causes, [/^bef4f379e953 .*EOI$/])
    t.same(one?.unexplained, clock, 'one CPU: none of a change that is about several')
    t.match(
      formatMatrix(makeMatrix([eoi('6.1.192', null), eoi('6.12.118', 'yes')]), false),
      /no cause is known of: - clocksource current hpet, .*\n\n.*\n1 differs .*, 1 of them for no cause/,
    )

    const two = cell(eoi('6.1.192', null, 2), eoi('6.12.118', 'yes', 2))
    t.matchOnly(two?.causes, [/^e7ff4ebffe3b /, /^bef4f379e953 /])
    t.same(two?.unexplained, [])

    const intel = { ...eoi('6.12.118', 'yes', 2), vendor: 'GenuineIntel' }
    t.same(cell(eoi('6.1.192', null, 2), intel)?.unexplained, clock, 'no matter for Intel')
    const gone = cell(eoi('6.1.192', 'yes', 2), eoi('6.12.118', null, 2))
    t.same(gone?.causes, [], 'the other way round')
    const odd = { ...eoi('6.1.192', null, 2), kernel: kernel('mine') }
    t.same(cell(odd, eoi('6.12.118', 'yes', 2))?.causes, [], 'no version to go by')

    const same = cell(eoi('6.12.117', null, 2), eoi('6.12.118', 'yes', 2))
    t.same(same?.causes, [], 'both have the changes')
    t.equal(same?.unexplained.length, 4)

    const ruled = cell({ ...eoi('6.12.117', null), rule: 'commit y' }, eoi('6.12.118', 'yes'))
    t.same(ruled?.causes, ['no longer: commit y'])
    t.same(ruled?.unexplained, [])
    t.end()
  },
)

t.test('where a kernel died is told', t => {
  const died = (version: string, diedIn: string) =>
    exampleRecord({ kernel: kernel(version), outcome: 'early-exception', diedIn })
  const text = formatMatrix(makeMatrix([died('5.10.223', 'one'), died('5.10.262', 'other')]), false)
  t.match(text, /^kvm-no-features +KVM, early-exception in one +≠ KVM, early-exception in other$/m)
  t.match(text, '  - died in one\n  + died in other\n')
  const xen = makeMatrix([
    died('5.10.223', 'xen_hvm_init_shared_info'),
    died('5.10.262', 'xen_hypercall_amd'),
  ])
  t.matchOnly(xen.rows[0]?.cells[1]?.causes, [/^7fa0da537368 /])
  t.same(xen.rows[0]?.cells[1]?.unexplained, [])
  t.end()
})

t.test('a failure is marked, and told why', t => {
  const failed = exampleRecord({
    kernel: kernel('7.3.4'),
    verdict: 'fail',
    why: ['expected hypervisor none, got KVM \u001b[31m'],
  })
  const text = formatMatrix(makeMatrix([old, failed]), false)
  t.match(text, /^kvm-no-features +KVM, tsc +FAIL ≠ pass -> fail: KVM, tsc$/m)
  t.match(text, '  fail: expected hypervisor none, got KVM \\x1b[31m')
  t.notOk(text.includes('\u001b'))
  t.end()
})
