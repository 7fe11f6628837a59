import t from 'tap'
import { differenceFrom, type Repetition } from '../../runner/baseline/repeat.js'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

function run(console: string, changes: Partial<GuiseRecord> = {}): Repetition {
  return { console, record: exampleRecord({ clock: 'virtual', ...changes }) }
}

const text = `one\r\ntwo\r\n${completeMarker}\r\nthree\r\n`

t.test('on virtual time the console counts to the byte, up to the end of the report', t => {
  t.equal(differenceFrom(run(text), run(text)), null)
  t.equal(differenceFrom(run(text), run(text.replace('three', 'other'))), null)
  t.equal(
    differenceFrom(run(text), run(text.replace('two', 'tw0'))),
    'line 2 of the console: "two", then "tw0"',
  )
  t.equal(differenceFrom(run('one\ntwo'), run('one')), 'line 2 of the console: "two", then nothing')
  t.equal(
    differenceFrom(run('one'), run('one\n\u001b')),
    'line 2 of the console: nothing, then "\\u001b"',
  )
  t.end()
})

t.test('on real time what a baseline keeps counts', t => {
  const real = (console: string, changes: Partial<GuiseRecord> = {}) =>
    run(console, { clock: 'real', ...changes })
  t.equal(differenceFrom(real('a'), real('b')), null)
  const onHpet = { current: 'hpet', available: ['tsc', 'hpet', 'acpi_pm'], settled: true }
  t.equal(
    differenceFrom(real('a'), real('b', { clocksource: onHpet })),
    'clocksource current tsc, then clocksource current hpet',
  )
  t.equal(
    differenceFrom(real('a'), real('b', { flags: ['fpu', 'hypervisor', 'sse'] })),
    'nothing, then flag sse',
  )
  t.end()
})

t.test('a verdict, and a clock, that is another', t => {
  t.equal(
    differenceFrom(run(text), run(text, { verdict: 'fail', outcome: 'panic' })),
    'pass (reported), then fail (panic)',
  )
  t.equal(
    differenceFrom(run(text), run(text, { verdict: 'skip', outcome: null })),
    'pass (reported), then skip',
  )
  t.equal(
    differenceFrom(run(text), run(text, { clock: 'real' })),
    'on virtual time, then on real time',
  )
  t.end()
})

t.test('what booting cost, where the bytes and the facts are the same', t => {
  const cost = { firmware: 1, unpacked: 2, detected: null, init: 4, report: 5 }
  const one = run(text, { instructions: cost })
  t.equal(differenceFrom(one, run(text, { instructions: cost })), null)
  t.equal(
    differenceFrom(one, run(text, { instructions: { ...cost, init: 3 } })),
    'instructions {"firmware":1,"unpacked":2,"detected":null,"init":4,"report":5}, then {"firmware":1,"unpacked":2,"detected":null,"init":3,"report":5}',
  )
  t.end()
})
