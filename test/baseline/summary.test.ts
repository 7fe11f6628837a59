import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { baselinePath } from '../../runner/baseline/file.js'
import { updateBaseline } from '../../runner/baseline/store.js'
import { baselineSummary } from '../../runner/baseline/summary.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

t.test('what a baseline says at a glance, where a guest does otherwise', t => {
  const folder = t.testdir()
  const said = (changes: Partial<GuiseRecord> = {}) =>
    baselineSummary(folder, exampleRecord(changes))
  t.equal(said(), null, 'there is none')
  updateBaseline(folder, exampleRecord())
  t.equal(said(), null, 'it says the same')
  t.equal(said({ flags: [] }), null, 'in what is looked at')
  const text = '6.1.176: KVM, clocksource tsc'
  const { identity, clocksource } = exampleRecord()
  t.equal(said({ identity: { ...identity, hypervisor: null } }), text)
  t.equal(said({ clocksource: { ...clocksource, current: 'hpet' } }), text)
  t.equal(said({ outcome: 'panic' }), text)
  t.end()
})

t.test('an ending that is no report is said first', t => {
  const folder = t.testdir()
  updateBaseline(folder, exampleRecord({ outcome: 'panic' }))
  t.equal(baselineSummary(folder, exampleRecord()), '6.1.176: panic, KVM, clocksource tsc')
  t.end()
})

t.test('a file that does not say which kernel it is of', t => {
  const folder = t.testdir()
  updateBaseline(folder, exampleRecord({ outcome: 'panic' }))
  const file = join(folder, baselinePath(exampleRecord()))
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^# kernel .*\n/, ''))
  t.match(baselineSummary(folder, exampleRecord()), /^an earlier kernel: panic, /)
  t.end()
})
