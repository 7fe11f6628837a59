import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { fakeQemu, report } from '../fixtures/fake-guest.js'

const sandbox = await Sandbox.create(t)

const scenarios = sandbox.writeScenarios({
  one: {
    steps: [
      { print: '[    0.000000] Linux version 6.1.0\r\n' },
      report(everyRecord),
      { print: `${completeMarker}\r\n` },
    ],
  },
})

// mkdir(2) answers ENOENT there, at which Node's recursive one tries for ever. (test/make-folders.test.ts has other places.)
const trouble: Record<string, string[]> = {
  XDG_CACHE_HOME: [],
  XDG_STATE_HOME: [],
  TMPDIR: ['--output', sandbox.at('out')],
}
for (const [name, words] of Object.entries(trouble)) {
  t.test(`run: ${name} is /proc`, async t => {
    const { status, stderr } = await sandbox.exec(
      sandbox.command('run', '--kernel', sandbox.kernel, '--qemu', fakeQemu, scenarios, ...words),
      { env: { [name]: '/proc' } },
    )
    t.equal(status, 3)
    t.match(stderr, /^guise: .*ENOENT.* '\/proc\/guise/m)
    t.notMatch(stderr, /a fault of guise's own/)
  })
}

t.test('run: --output is in /proc', async t => {
  const { status, stderr } = await sandbox.guise(
    ...sandbox.fakeRun(scenarios, '--output', '/proc/x'),
  )
  t.equal(status, 3)
  t.match(stderr, /^guise: \/proc\/x: expected to write results there, got: ENOENT/)
})

// The test runner's hooks open files of their own. With 20 Node can start no program; with 40 it can, but not two guests.
for (const limit of [20, 40]) {
  t.test(`run: a limit of ${limit} open files`, async t => {
    const command = sandbox.command(...sandbox.fakeRun(scenarios, '--jobs', '2'))
    const { status, stderr } = await sandbox.exec([
      'bash',
      '-c',
      `unset NODE_OPTIONS; ulimit -n ${limit}; exec "$@"`,
      'bash',
      ...command,
    ])
    t.equal(status, 3)
    t.match(
      stderr,
      new RegExp(
        `^guise: expected leave to open 52 files for 2 guests at a time, got ${limit}: .*ulimit -n.*\n$`,
      ),
    )
  })
}

t.test('doctor: nothing can be started for want of files', async t => {
  const command = sandbox.command('doctor')
  const { status, stderr } = await sandbox.exec([
    'bash',
    '-c',
    'unset NODE_OPTIONS; ulimit -n 20; exec "$@"',
    'bash',
    ...command,
  ])
  t.equal(status, 3)
  t.match(
    stderr,
    /^guise: too many open files \(EMFILE\): raise the limit, as with `ulimit -n .*\n$/,
  )
})
