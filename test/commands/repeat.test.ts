import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as layout from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const settled = { type: layout.recordNote, payload: 'clocksource-settled=yes' }
const steps: FakeStep[] = [
  { print: '[    0.000000] Linux version 6.1.0\r\n' },
  report([...everyRecord, settled]),
  { print: `${layout.completeMarker}\r\n` },
]
const file = sandbox.writeScenarios({ one: { steps }, other: { steps } })

t.test('each guest is run that often, and none differs', async t => {
  const { status, stdout, stderr } = await sandbox.guise(
    ...sandbox.fakeRun(file),
    ...['--repeat', '3'],
  )
  t.equal(status, 0, stderr)
  t.match(
    stderr,
    /run 2 of 3\n[^]*run 3 of 3\n[^]*3 runs of 2 guests: 0 of 4 differ from the first\n$/,
  )
  t.equal(stdout.match(/^pass /gm)?.length, 2, 'the result is that of the first run')
  for (const number of ['1', '2', '3'])
    t.ok(existsSync(join(sandbox.at('out'), number, 'run.json')))
})

t.test('one run of several goes on alone, and says so', async t => {
  const first = join(sandbox.at('out'), '1')
  const { status, stderr } = await sandbox.guise('run', '--resume', first)
  t.equal(status, 0, stderr)
  t.match(stderr, /this is run 1 of 3 of --repeat, and goes on alone: /)
})

t.test('what differs is told, with the first difference, and is a failure', async t => {
  // From the second guest on it says something else.
  const qemu = sandbox.write(
    'moody-qemu',
    `#!/bin/sh
for word; do case $word in *logfile=*)
  [ ! -e ${sandbox.at('moody')} ] || printf 'a line more\\n' >>"\${word#*logfile=}"
  touch ${sandbox.at('moody')}
esac; done
exec ${fakeQemu} "$@"
`,
  )
  chmodSync(qemu, 0o755)
  const one = sandbox.writeScenarios({ one: { steps } })
  const { status, stderr } = await sandbox.guise(
    ...['run', one, '--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', qemu],
    ...['--repeat', '2'],
  )
  t.equal(status, 1)
  t.match(
    stderr,
    /one on 6\.1\S* differs in run 2: line 1 of the console: "\[ {4}0\.000000\] Linux version 6\.1\.0", then "a line more"\n/,
  )
  t.match(stderr, /2 runs of 1 guest: 1 of 1 differ from the first\n$/)
})

t.test('a number that is none', async t => {
  for (const number of ['0', '-1', 'x', '1.5']) {
    const { status, stderr } = await sandbox.guise('run', file, '--repeat', number)
    t.equal(status, 2, number)
    t.match(stderr, 'expected a whole number from 1')
  }
})
