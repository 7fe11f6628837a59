import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EnvironmentError } from '../../runner/errors.js'
import { kernelFolder, makeResultsFolder, writeRecord } from '../../runner/report/results-folder.js'
import { exampleRecord } from '../fixtures/record.js'

t.test('a folder that is asked for, and a record in it', t => {
  const output = makeResultsFolder(join(t.testdir(), 'deep', 'er'), new Date())
  const folder = kernelFolder(output, '6.1')
  writeRecord(folder, exampleRecord())
  writeRecord(folder, exampleRecord({ verdict: 'fail' }))
  t.same(readdirSync(folder), ['kvm-no-features.json'], 'nothing half-written stays')
  t.match(JSON.parse(readFileSync(join(folder, 'kvm-no-features.json'), 'utf8')), {
    verdict: 'fail',
  })
  t.end()
})

t.test('one of its own: the latest is linked, the oldest go', t => {
  const state = t.testdir()
  const before = process.env.XDG_STATE_HOME
  process.env.XDG_STATE_HOME = state
  t.teardown(() => {
    process.env.XDG_STATE_HOME = before
    if (before === undefined) delete process.env.XDG_STATE_HOME
  })
  const made = Array.from({ length: 23 }, (_, minute) =>
    makeResultsFolder(undefined, new Date(Date.UTC(2026, 0, 1, 0, minute))),
  )
  t.notOk(existsSync(made[2] ?? ''))
  t.ok(existsSync(made[3] ?? ''))
  t.ok(made.at(-1)?.endsWith(readlinkSync(join(state, 'guise', 'runs', 'latest'))))
  t.end()
})

t.test('a folder that can not be written to is told with its name', t => {
  t.throws(() => makeResultsFolder('/proc/nowhere', new Date()), EnvironmentError)
  t.throws(() => makeResultsFolder('/proc/nowhere', new Date()), {
    message: /^\/proc\/nowhere: expected to write/,
  })
  t.end()
})
