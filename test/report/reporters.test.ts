import { Parser } from 'tap-parser'
import t from 'tap'
import { jsonReporter } from '../../runner/report/json.js'
import { recordSchema } from '../../runner/report/record-schema.js'
import type { RunHeading } from '../../runner/report/reporter.js'
import { exitStatus, summarise } from '../../runner/report/summary.js'
import { tapReporter } from '../../runner/report/tap.js'
import { textReporter } from '../../runner/report/text.js'
import { exampleRecord } from '../fixtures/record.js'

const heading: RunHeading = {
  kernels: ['6.1.176 (6.1.0-50-cloud-amd64, debian:bookworm)'],
  qemuVersion: '7.2.22',
  accelerator: 'tcg',
  total: 3,
  output: '/out',
}
const pass = exampleRecord()
const fail = exampleRecord({
  scenario: 'hyperv',
  verdict: 'fail',
  why: ['expected hypervisor none, got \u001b[31mKVM # not'],
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
    { ok: false, id: 2, diag: { severity: 'fail', consoleTail: details.consoleTail } },
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

t.test('the text says what failed, why, and what to try', t => {
  const reporter = textReporter(false, 15)
  const output = records.map(record => reporter.record(record, details)).join('')
  t.match(output, /^pass {3}kvm-no-features {2}KVM; clocksource tsc; adopts kvm 2\.1 s, tcg$/m)
  t.match(output, /^fail {3}hyperv {11}KVM/m)
  t.match(output, /expected hypervisor none, got \\x1b\[31mKVM # not/)
  t.match(output, /\| the \\x1b\[31mlast line/)
  t.match(output, /command: env LD_PRELOAD=\/o\.so qemu -append 'a b'/)
  t.match(output, /to try: {2}`guise run hyperv --kernel debian:bookworm --accel tcg --dry-run`/)
  t.match(output, /^skip {3}kvm {14}needs fidelity kvm # really$/m)
  t.equal(reporter.end(records), '1 pass, 1 fail, 1 skip, 0 error\n')
  t.match(
    reporter.record(lacking, details),
    /^skip .* this QEMU has no device nope/,
    'and no death',
  )
  t.notOk(output.includes('\u001b'))
  t.end()
})

t.test('colour only when asked for', t => {
  t.ok(textReporter(true, 5).record(pass, details).includes('\u001b[32m'))
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
  t.equal(summarise(mixed), 'KVM; clocksource tsc; adopts hyperv+kvm, mixed, 1 violation(s)')
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
