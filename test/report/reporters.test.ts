import { Parser } from 'tap-parser'
import t from 'tap'
import { jsonReporter } from '../../runner/report/json.js'
import { recordSchema } from '../../runner/record/schema.js'
import type { GuestQemu, RunHeading } from '../../runner/report/reporter.js'
import { exitStatus, summarise } from '../../runner/report/summary.js'
import { tapReporter } from '../../runner/report/tap.js'
import { textReporter } from '../../runner/report/text.js'
import { exampleRecord } from '../fixtures/record.js'

process.env.GUISE_COMMAND = 'guise'

const heading: RunHeading = {
  kernels: ['6.1.176 (6.1.0-50-cloud-amd64, debian:bookworm)'],
  qemus: [
    { version: '7.2.22', suite: null, nested: false },
    { version: '10.0.13', suite: null, nested: true },
  ],
  accelerator: 'auto',
  jobs: { count: 2, why: 'one for each CPU' },
  total: 3,
  output: '/out',
  started: new Date('2026-11-25T12:00:00.5Z'),
}
const pass = exampleRecord()
const fail = exampleRecord({
  scenario: 'hyperv',
  verdict: 'fail',
  why: ['expected hypervisor none, got \u001b[31mKVM # not'],
  unmet: [{ field: 'hypervisor', want: 'none', got: 'KVM', file: '/mine.yaml', line: 12 }],
  kernelSaid: ['kvm-clock: \u001b[31m'],
})
const skip = exampleRecord({
  scenario: 'kvm',
  verdict: 'skip',
  outcome: null,
  timing: null,
  console: null,
  why: ['needs fidelity kvm # really'],
})
const lacking = exampleRecord({
  verdict: 'skip',
  outcome: 'qemu-failed',
  why: ['this QEMU has no device nope'],
})
const records = [pass, fail, skip]
const details = { consoleTail: ['the \\x1b[31mlast line'] }

t.test('a record is what its schema says', t => {
  for (const record of records) t.ok(recordSchema.safeParse(record).success)
  t.notOk(recordSchema.safeParse({ ...pass, verdict: 'maybe' }).success)
  t.end()
})

t.test('JSON is a record a line and nothing else', t => {
  const output = [
    jsonReporter.begin(heading),
    ...records.map(record => jsonReporter.record(record, details)),
    jsonReporter.end(records),
  ].join('')
  const lines = output.trimEnd().split('\n')
  t.equal(lines.length, 3)
  t.same(
    lines.map(line => recordSchema.parse(JSON.parse(line)).scenario),
    ['kvm-no-features', 'hyperv', 'kvm'],
  )
  t.end()
})

t.test('TAP is what a TAP parser reads', t => {
  const reporter = tapReporter()
  const output = [
    reporter.begin(heading),
    ...records.map(record => reporter.record(record, details)),
    reporter.end(records),
  ].join('')
  const events = Parser.parse(output, { strict: true })
  const asserts = events.flatMap(([name, body]): unknown[] => (name === 'assert' ? [body] : []))
  t.match(asserts, [
    { ok: true, id: 1, name: 'kvm-no-features on 6.1.176, tcg' },
    {
      ok: false,
      id: 2,
      diag: {
        severity: 'fail',
        consoleTail: details.consoleTail,
        unmet: [{ field: 'hypervisor', want: 'none', got: 'KVM', line: 12 }],
        kernelSaid: ['kvm-clock: \\x1b[31m'],
      },
    },
    { ok: true, id: 3, skip: 'needs fidelity kvm # really' },
  ])
  t.match(events.find(([name]) => name === 'complete')?.[1], {
    count: 3,
    pass: 2,
    fail: 1,
    skip: 1,
  })
  t.notOk(output.includes('\u001b'), 'no escape of the guest comes through')
  t.end()
})

const layout = { colour: false, width: null, nameWidth: 15 }

t.test('the heading names the QEMUs that guests run in', t => {
  const qemuOf = (qemus: RunHeading['qemus']) =>
    textReporter(layout)
      .begin({ ...heading, qemus })
      .split('\n')[1]
  t.equal(qemuOf(heading.qemus), 'QEMU    7.2.22, and 10.0.13 in the nested host; accelerator auto')
  t.match(
    qemuOf([{ version: null, suite: null, nested: true }]),
    /^QEMU {4}Debian’s in the nested host;/,
  )
  const [own, nested] = heading.qemus as [GuestQemu, GuestQemu]
  const taken: GuestQemu = { version: '10.0.13', suite: 'debian:trixie', nested: false }
  t.match(
    qemuOf([own, taken, nested]),
    /^QEMU {4}7\.2\.22, 10\.0\.13 of debian:trixie, and 10\.0\.13 in the nested host;/,
  )
  t.match(qemuOf([own]), /^QEMU {4}7\.2\.22;/)
  t.match(tapReporter().begin(heading), '# QEMU 7.2.22, and 10.0.13 in the nested host\n')
  t.end()
})

t.test('the text has a line for each record, and all that helps where one did not pass', t => {
  const reporter = textReporter(layout)
  const output = records.map(record => reporter.record(record, details)).join('')
  t.match(output, /^pass {2}kvm-no-features {2}KVM; clocksource tsc; adopts kvm {2}2\.1 s tcg$/m)
  t.match(output, /^FAIL {2}hyperv {11}KVM/m)
  t.match(output, /^ {2}why +expected hypervisor none, got \\x1b\[31mKVM # not$/m)
  t.match(output, /^skip {2}kvm {14}needs fidelity kvm # really$/m)
  t.notMatch(output, 'LD_PRELOAD', 'the command stands in the record')
  t.match(reporter.record(lacking, details), /^skip .* this QEMU has no device nope/, 'no death')
  t.notOk(output.includes('\u001b'))
  t.end()
})

t.test('the end: names, what was run again and skipped and why, the time, the next command', t => {
  const reporter = textReporter(layout)
  reporter.begin(heading)
  const error = { ...fail, scenario: 'xen', verdict: 'error' as const }
  const again = { ...pass, reruns: ['the machine was busy'] }
  const end = reporter.end([again, fail, skip, { ...skip, scenario: 'x' }, error], 65_432)
  t.match(
    end,
    /^ {2}failed +hyperv\n {2}errors +xen\n {2}run again +kvm-no-features: the machine was busy\n/m,
  )
  t.match(end, /^ {2}skipped +2: needs fidelity kvm # really\n {2}time +1 min 5 s\n/m)
  t.match(end, /^1 pass, 1 fail, 2 skip, 1 error\n {2}next {2}guise run --failed\n$/m)
  t.equal(reporter.end([pass, pass, pass]), '3 pass, 0 fail, 0 skip, 0 error\n')
  const other = { ...fail, kernel: { ...fail.kernel, version: '5.10.1' } }
  reporter.begin({ ...heading, kernels: ['a', 'b'], total: 2 })
  t.match(reporter.end([fail, other]), /^ {2}failed +hyperv \(6\.1\.176, 5\.10\.1\)$/m)
  t.end()
})

t.test('no line is wider than the terminal, and no word is broken', t => {
  const long = exampleRecord({
    scenario: 'hyperv-with-a-name-that-is-long',
    verdict: 'fail',
    why: ['a reason of many words '.repeat(20).trim()],
    composition: { owners: [], mixed: false, violations: [] },
  })
  for (const width of [60, 80, 120]) {
    const reporter = textReporter({ colour: false, width, nameWidth: 31 })
    const text = [
      reporter.begin(heading),
      ...[pass, long, { ...skip, why: ['a word '.repeat(30).trim()] }].map(record =>
        reporter.record(record, details),
      ),
    ].join('')
    const tooWide = text.split('\n').filter(line => line.length > width && !line.includes('guise '))
    t.same(tooWide, [], String(width))
    t.match(text, / 2\.1 s tcg$/m)
  }
  t.end()
})

t.test('colour only when asked for', t => {
  const record = textReporter({ ...layout, colour: true }).record(pass, details)
  t.ok(record.includes('\u001b[32m'))
  t.end()
})

t.test('the summary names the composition', t => {
  const mixed = exampleRecord({
    composition: {
      owners: ['hyperv', 'kvm'],
      mixed: true,
      violations: [{ rule: 'not-offered', interfaces: ['clock.kvm'], evidence: ['x'] }],
    },
  })
  t.equal(summarise(mixed), 'KVM; clocksource tsc; adopts hyperv+kvm, mixed, 1 violation')
  const dead = exampleRecord({
    outcome: 'early-exception',
    clocksource: { current: null, available: [], settled: false },
  })
  t.equal(summarise(dead), 'KVM; adopts kvm; died: early-exception')
  t.end()
})

t.test('the exit status', t => {
  const error = exampleRecord({ verdict: 'error' })
  t.equal(exitStatus([pass, skip], false), 0)
  t.equal(exitStatus([pass, error], false), 3)
  t.equal(exitStatus([pass, error, fail], false), 1, '1 beats 3')
  t.equal(exitStatus([skip], false), 3)
  t.equal(exitStatus([skip], true), 0)
  t.equal(exitStatus([], false), 3)
  t.end()
})

t.test('TAP of several kernels is a subtest for each, which a parser takes', async t => {
  const other = { ...pass.kernel, version: '6.12.118', release: '6.12.118', sha256: 'cd' }
  const all = [pass, skip, { ...pass, kernel: other }, { ...fail, kernel: other }]
  const reporter = tapReporter()
  const output = [
    reporter.begin({ ...heading, kernels: ['6.1.176', '6.12.118'], total: 4 }),
    ...all.map(record => reporter.record(record, details)),
    reporter.end(all),
  ].join('')
  const seen: string[] = []
  const parser = new Parser()
  parser.on('child', (child: Parser) => {
    child.on('assert', ({ ok, name }: { ok: boolean; name: string }) => {
      seen.push(`  ${ok ? 'ok' : 'not ok'} ${name}`)
    })
  })
  parser.on('assert', ({ ok, name }: { ok: boolean; name: string }) => {
    seen.push(`${ok ? 'ok' : 'not ok'} ${name}`)
  })
  const result = await new Promise<{ plan: { end: number | null }; failures: unknown[] }>(
    resolve => {
      parser.on('complete', results => {
        resolve(results as never)
      })
      parser.end(output)
    },
  )
  t.equal(result.plan.end, 2)
  t.same(seen, [
    '  ok kvm-no-features on 6.1.176, tcg',
    '  ok kvm on 6.1.176, tcg',
    'ok 6.1.176 (6.1.0-50-cloud-amd64)',
    '  ok kvm-no-features on 6.12.118, tcg',
    '  not ok hyperv on 6.12.118, tcg',
    'not ok 6.12.118 (6.12.118)',
  ])
})
