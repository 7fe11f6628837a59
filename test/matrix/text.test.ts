import t from 'tap'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { formatMatrix } from '../../runner/matrix/text.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const on = (version: string, changes: Partial<GuiseRecord> = {}) =>
  exampleRecord({
    ...changes,
    kernel: { ...exampleRecord().kernel, version, release: version, sha256: version },
  })
const lines = (colour: boolean, ...records: GuiseRecord[]) =>
  formatMatrix(makeMatrix(records), colour).split('\n')
const bare = { hypervisor: null, paravirt: 'bare hardware', sysfsType: null }
const failed: Partial<GuiseRecord> = { verdict: 'fail', why: ['expected a'] }

t.test('a row is red where a guest failed, and yellow where a kernel differs', t => {
  const row = (now: Partial<GuiseRecord>) => lines(true, on('6.1.1'), on('6.1.2', now))[1]
  const plain = (now: Partial<GuiseRecord>) => lines(false, on('6.1.1'), on('6.1.2', now))[1] ?? ''
  t.equal(row({}), plain({}))
  t.equal(row({ identity: bare }), `\u001b[33m${plain({ identity: bare })}\u001b[39m`)
  t.equal(row(failed), `\u001b[31m${plain(failed)}\u001b[39m`)
  const error: Partial<GuiseRecord> = { verdict: 'error', outcome: null, why: ['no QEMU'] }
  t.equal(row(error), `\u001b[31m${plain(error)}\u001b[39m`)
  const heading = lines(false, on('6.1.1'))[0] ?? ''
  t.equal(lines(true, on('6.1.1'))[0], `\u001b[1m${heading}\u001b[22m`, 'which is bold')
  t.end()
})

t.test('the rule that a failure broke is told, once', t => {
  const rule = 'commit x refuses it'
  const told = (...records: GuiseRecord[]) => lines(false, ...records).slice(3, -4)
  t.same(told(on('6.1.1', { ...failed, rule })), [
    'kvm-no-features, from 6.1.1 on:',
    '  fail: expected a',
    `  rule: ${rule}`,
  ])
  t.same(told(on('6.1.1', failed)), ['kvm-no-features, from 6.1.1 on:', '  fail: expected a'])
  t.same(
    told(on('6.1.1'), on('6.1.2', { ...failed, rule })),
    [
      'kvm-no-features, from 6.1.2 on:',
      '  - verdict pass',
      '  + verdict fail',
      '  fail: expected a',
      `  because: ${rule}`,
    ],
    'as the cause',
  )
  const passing = told(on('6.1.1', { rule }), on('6.1.2', { rule, identity: bare }))
  t.ok(passing.includes('  + hypervisor none'))
  t.notOk(passing.includes(`  rule: ${rule}`), 'and not of a guest that passes')
  t.end()
})

t.test('what is new of why a guest fails stands in full, and not twice', t => {
  t.same(lines(false, on('6.1.1', failed), on('6.1.2', { ...failed, why: ['b'] })).slice(3, -4), [
    'kvm-no-features, from 6.1.1 on:',
    '  fail: expected a',
    'kvm-no-features, from 6.1.2 on:',
    '  - why expected a',
    '  fail: b',
    '  no cause is known of: - why expected a, + why b',
  ])
  t.end()
})

t.test('a cell says in short what a kernel came to', t => {
  const last = (...records: GuiseRecord[]) =>
    lines(false, ...records)[1]
      ?.split(/ {2,}/)
      .at(-1)
  t.equal(last(on('6.1.1')), 'KVM, tsc')
  t.equal(last(on('6.1.1', { identity: bare })), 'none, tsc')
  t.equal(last(on('6.1.1', { verdict: 'skip', outcome: null })), 'skip')
  t.equal(last(on('6.1.1', { verdict: 'skip' })), 'KVM, tsc', 'it ran, and was not judged')
  t.equal(last(on('6.1.1', { outcome: 'panic', diedIn: 'x' })), 'KVM, panic in x')
  t.equal(last(on('6.1.1'), on('6.1.2')), '=')
  t.equal(last(on('6.1.1', failed), on('6.1.2', failed)), 'FAIL =')
  t.equal(last(on('6.1.1'), on('6.1.2', { identity: bare })), '≠ none, tsc')
  t.equal(last(on('6.1.1'), on('6.1.2', failed)), 'FAIL ≠ pass -> fail: KVM, tsc')
  t.equal(last(on('6.1.1', { scenario: 'a' }), on('6.1.2', { scenario: 'b' })), '-', 'no record')
  t.end()
})
