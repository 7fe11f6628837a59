import t from 'tap'
import { matrixAsJson } from '../../runner/matrix/json.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { formatMatrix } from '../../runner/matrix/text.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const on = (version: string, changes: Partial<GuiseRecord> = {}) =>
  exampleRecord({
    ...changes,
    kernel: { ...exampleRecord().kernel, version, release: version, sha256: version },
  })
const failing = (version: string, reason: string, changes: Partial<GuiseRecord> = {}) =>
  on(version, { verdict: 'fail', why: [reason], ...changes })
const cell = (...records: GuiseRecord[]) => matrixAsJson(makeMatrix(records)).rows[0]?.cells.at(-1)
const text = (...records: GuiseRecord[]) => formatMatrix(makeMatrix(records), false)

t.test('a changed verdict differs, whatever else is the same', t => {
  const mended = [failing('6.1.1', 'expected a line /x/'), on('6.1.2')]
  const verdicts = cell(...mended)
  t.equal(verdicts?.verdictBefore, 'fail')
  t.same(verdicts?.changes, ['- verdict fail', '+ verdict pass'])
  t.match(text(...mended), /^kvm-no-features +FAIL KVM, tsc +≠ fail -> pass: KVM, tsc$/m)
  t.match(text(...mended), '\n1 differs from the kernel before, 1 of them for no cause')
  const broken = text(on('6.1.1'), failing('6.1.2', 'expected a line /x/'))
  t.match(broken, /^kvm-no-features +KVM, tsc +FAIL ≠ pass -> fail: KVM, tsc$/m)
  t.end()
})

t.test('a guest that never started changes the verdict, and hides no change of the kernel', t => {
  const unstarted = on('6.1.2', { verdict: 'error', outcome: null, why: ['no QEMU'] })
  t.same(cell(on('6.1.1'), unstarted)?.changes, ['- verdict pass', '+ verdict error'])
  const identity = { hypervisor: null, paravirt: 'KVM', sysfsType: null }
  t.same(cell(on('6.1.1'), unstarted, on('6.1.3', { identity }))?.changes, [
    '- verdict error',
    '+ verdict pass',
    '- hypervisor KVM',
    '+ hypervisor none',
  ])
  t.end()
})

t.test('of a guest that died, and has told nothing of its CPU, nothing of that is gone', t => {
  const died = on('6.1.2', {
    outcome: 'oops',
    diedIn: 'mwait_idle',
    flags: [],
    clockevents: [],
    clocksource: { current: null, available: [], settled: true },
    cpu: null,
  })
  const there = on('6.1.1', { flags: ['fpu'], clockevents: ['lapic'] })
  const changes = [
    ...['+ outcome oops', '+ died in mwait_idle', '- outcome reported'],
    ...['- clocksource current tsc', '+ clocksource current none'],
  ]
  t.same(cell(there, died)?.changes?.toSorted(), changes.toSorted())
  const lost = on('6.1.2', { flags: ['fpu'], clockevents: [] })
  t.same(cell(there, lost)?.changes, ['- clockevent lapic'], 'of one that reported it is')
  t.end()
})

t.test('two failures differ where their reasons do, but not where they were loaded', t => {
  const other = cell(failing('6.1.1', 'expected a'), failing('6.1.2', 'expected b'))
  t.same(other?.changes, ['- why expected a', '+ why expected b'])
  t.same(other?.unexplained, other?.changes)
  const died = (version: string, line: string) =>
    failing(version, 'expected outcome reported', {
      outcome: 'early-exception',
      diedIn: 'x',
      ending: line,
    })
  const panic = (ip: string) => `PANIC: early exception 0x0e IP 10:${ip} error 0 cr2 0x${ip}`
  const [one, two] = [panic('ffffffff93e8f984'), panic('ffffffffb0e8f984')]
  t.same(cell(died('6.1.1', one), died('6.1.2', two))?.changes, [])
  t.same(cell(died('6.1.1', one), died('6.1.2', one.replace('0x0e', '0x06')))?.changes?.length, 2)
  for (const [first, second] of [
    ['Oops: 0000 [#1] at f+0x1d/0x40', 'Oops: 0000 [#1] at f+0x2d/0x50'],
    ['BUG: page fault for address: ffffc9000001', 'BUG: page fault for address: ffffa1000001'],
    [
      'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:1]',
      'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [init:57]',
    ],
    ['rcu detected stalls (t=5250 jiffies g=17)', 'rcu detected stalls (t=5252 jiffies g=-3)'],
  ] as const) {
    t.same(cell(failing('6.1.1', first), failing('6.1.2', second))?.changes, [], first)
    t.same(cell(died('6.1.1', first), died('6.1.2', second))?.changes, [], first)
  }
  t.end()
})

t.test('a verdict has a cause where all that it can come from has one', t => {
  const interfaces = (adopted: string | null): GuiseRecord['interfaces'] => [
    { id: 'kvm.eoi', class: 'independent', owner: 'kvm', offered: 'x', adopted },
  ]
  const unmet = (field: string): GuiseRecord['unmet'] => [
    { field, want: 'kvm.eoi', got: 'yes', file: null, line: null },
  ]
  const before = on('6.1.192', { interfaces: interfaces(null) })
  const now = (field: string) =>
    failing('6.12.118', 'expected', { interfaces: interfaces('yes'), unmet: unmet(field) })
  const caused = cell(before, now('rejects'))
  t.matchOnly(caused?.causes, [/^bef4f379e953 /])
  t.strictSame(caused?.unexplained, [])
  const verdict = ['- verdict pass', '+ verdict fail']
  for (const field of ['log.has', 'log.lacks', 'drivers']) {
    t.same(cell(before, now(field))?.unexplained, verdict, `${field} is not compared`)
  }
  t.same(cell(on('6.1.192', { rule: 'y' }), failing('6.12.118', 'z'))?.causes, ['no longer: y'])
  const unstated = on('6.12.118', { verdict: 'skip', why: ['states no expectation'] })
  const skipped = cell(before, { ...unstated, interfaces: before.interfaces })
  t.strictSame(skipped?.causes, ['states no expectation'])
  t.strictSame(skipped?.unexplained, [])
  t.end()
})

t.test('a guest is held against the nearest older kernel', t => {
  const named = (version: string, paravirt: string) =>
    on(version, { identity: { hypervisor: 'KVM', paravirt, sysfsType: null } })
  const older = [named('6.1.1', 'one'), named('6.1.2', 'two')]
  const changes = ['- paravirt two', '+ paravirt three']
  t.same(cell(...older, named('6.1.3', 'three'))?.changes, changes)
  const unstarted = on('6.1.3', { verdict: 'error', outcome: null, why: ['no QEMU'] })
  t.same(cell(...older, unstarted, named('6.1.4', 'three'))?.changes?.slice(2), changes)
  t.end()
})

t.test('flags and lines of the log differ from build to build, and are not compared', t => {
  const other = on('6.1.2', { flags: ['fpu', 'x2apic'], log: ['Hypervisor detected: KVM'] })
  t.strictSame(cell(on('6.1.1'), other)?.changes, [])
  t.end()
})

t.test('how a guest ended is told once of a failure', t => {
  const ended = (version: string, field: string, ending: string, reason: string) =>
    failing(version, reason, {
      outcome: 'panic',
      ending,
      unmet: [{ field, want: 'x', got: 'y', file: null, line: null }],
    })
  const between = (field: string, reason: (ending: string) => string) =>
    cell(
      ...['one', 'two'].map((end, at) => ended(`6.1.${at}`, field, `panic: ${end}`, reason(end))),
    )?.changes
  for (const field of ['outcome', 'died-in']) {
    const changes = between(field, end => `expected otherwise, got panic: ${end}`)
    t.same(changes, [
      '- why expected otherwise, got panic: one',
      '+ why expected otherwise, got panic: two',
    ])
  }
  t.same(
    between('hypervisor', () => 'expected hypervisor none, got KVM'),
    ['- ending panic: one', '+ ending panic: two'],
    'what else is unmet says nothing of it',
  )
  t.end()
})
