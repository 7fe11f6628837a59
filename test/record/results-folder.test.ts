import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EnvironmentError } from '../../runner/errors.js'
import { kernelFolder, makeResultsFolder, writeRecord } from '../../runner/record/results-folder.js'
import { exampleRecord } from '../fixtures/record.js'

t.test('a folder that is asked for, and a record in it', t => {
  const output = makeResultsFolder(join(t.testdir(), 'deep', 'er'), 'runs', new Date())
  const folder = kernelFolder(output, '6.1')
  writeRecord(folder, exampleRecord())
  writeRecord(folder, exampleRecord({ verdict: 'fail' }))
  t.same(readdirSync(folder), ['kvm-no-features.json'], 'nothing half-written stays')
  t.match(JSON.parse(readFileSync(join(folder, 'kvm-no-features.json'), 'utf8')), {
    verdict: 'fail',
  })
  t.end()
})

t.test('a folder that can not be written to is told with its name', t => {
  const make = () => makeResultsFolder('/proc/nowhere', 'runs', new Date())
  t.throws(make, EnvironmentError)
  t.throws(make, { message: /^\/proc\/nowhere: expected to write/ })
  t.end()
})
