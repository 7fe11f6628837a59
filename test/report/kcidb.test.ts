import t from 'tap'
import { kcidbReporter, kcidbStatus } from '../../runner/report/kcidb.js'
import { exampleRecord } from '../fixtures/record.js'
import { heading, parseKcidb, writeRun as write } from './format-readers.js'

t.test('whose the fault is', async t => {
  const error = exampleRecord({ verdict: 'error' })
  for (const [status, changes] of [
    ['PASS', { verdict: 'pass' }],
    ['FAIL', { verdict: 'fail' }],
    ['SKIP', { verdict: 'skip' }],
    ['ERROR', {}],
    ['ERROR', { outcome: 'hang' }],
    ['ERROR', { outcome: 'timeout' }],
    ['MISS', { outcome: null }],
    ['MISS', { outcome: 'qemu-failed' }],
    ['MISS', { outcome: 'kvm-error' }],
    ['MISS', { outcome: 'firmware-hang' }],
    ['MISS', { applied: false }],
  ] as const) {
    t.equal(kcidbStatus({ ...error, ...changes }), status, JSON.stringify(changes))
  }
  const load = {
    waited: 0.9,
    longestStallMs: 1,
    stolen: null,
    pressure: null,
    ran: 0,
    starved: true,
  }
  t.equal(kcidbStatus({ ...error, load }), 'MISS')
  t.equal(kcidbStatus({ ...error, load: { ...load, starved: false } }), 'ERROR')
  t.equal(kcidbStatus({ ...error, verdict: 'fail', load }), 'FAIL')

  const { tests, builds, checkouts } = parseKcidb(await write('kcidb'))
  t.same([builds.length, checkouts.length], [2, 2])
  t.equal(new Set(tests.map(({ id }) => id)).size, tests.length, 'each id is one test’s')
  t.ok(tests.every(({ build_id }) => builds.some(({ id }) => id === build_id)))
  const [, , failed] = tests
  t.match(failed?.log_excerpt, /kernel said: .*\\x1b/)
  t.match(failed?.log_excerpt, /the \\x1b\[31mlast line\n<\/details>\n1\.\.7$/)

  const reporter = kcidbReporter({ origin: 'my_ci', build: 'my_ci:b-1' })
  const long = exampleRecord({ verdict: 'fail', kernelSaid: ['x'.repeat(40_000)] })
  reporter.begin({ ...heading, total: 1 })
  reporter.record(long, { consoleTail: ['the end'] })
  const own = parseKcidb(reporter.end([long]))
  t.same([own.builds, own.checkouts], [[], []], 'what is known there is not told again')
  t.match(own.tests, [{ build_id: 'my_ci:b-1', id: /^my_ci:/, log_excerpt: /the end$/ }])
})
