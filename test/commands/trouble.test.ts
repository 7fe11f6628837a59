import { mkdirSync, statSync, utimesSync } from 'node:fs'
import t, { type Test } from 'tap'
import { defaultOutputBytes } from '../../runner/console/monitor.js'
import { completeMarker, recordKmsg } from '../../runner/console/protocol/layout.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { everyRecord, textRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, report } from '../fixtures/fake-guest.js'
import { peakMemory } from '../fixtures/peak-memory.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)

const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const marker: FakeStep = { print: `${completeMarker}\r\n` }
const reported = [kernel, report(everyRecord), marker]

function checkNothingLeft(t: Test): void {
  t.strictSame(sandbox.processes(), [], 'no process is left')
  t.strictSame(sandbox.temporaryFolders(), [], 'no temporary folder is left')
}

t.test('a QEMU that exits at once', async t => {
  const complaint = 'qemu-system-x86_64: unable to find CPU model'
  const scenarios = sandbox.writeScenarios({
    fails: { steps: [{ complain: `${complaint}\n`, exit: 1 }] },
    passes: { steps: reported },
  })
  const { status, stdout } = await sandbox.guise(...sandbox.fakeRun(scenarios))
  t.equal(status, 3)
  t.match(stdout, /^ERROR fails +none detected/m)
  t.match(stdout, `QEMU ended with status 1: ${complaint}`)
  t.match(stdout, /^ {2}to do +\S.* doctor · \S.* run \S+scenarios\.yaml:fails .* --dry-run$/m)
  t.match(stdout, '1 pass, 0 fail, 0 skip, 1 error')
  checkNothingLeft(t)
})

t.test(
  'a guest that this machine was too busy for is run again with no other beside it',
  async t => {
    const skew =
      "4,0,1,-;clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:\n"
    const skewed = report([...everyRecord.slice(0, 4), textRecord(recordKmsg, skew)])
    const scenarios = sandbox.writeScenarios({
      skewed: {
        steps: [kernel, { stop: 300 }, skewed, marker],
        yaml: 'expect: [{ clocksource: { current: tsc } }]',
      },
      beside: { steps: [kernel, { wait: 1000 }, report(everyRecord), marker] },
      later: { steps: reported },
    })
    const { stdout, stderr } = await sandbox.guise(
      ...sandbox.fakeRun(scenarios, '--jobs', '2', '--clock', 'real'),
    )
    t.match(stderr, 'running skewed again: its clocks ran apart')
    t.match(stdout, /^ERROR +skewed /m, 'the third time it is the machine’s error')
    t.match(
      stdout,
      /its clocks ran apart: this machine was too busy for it; it waited \d+ % of .* \d{3} ms at a stretch/,
    )
    const first = statSync(sandbox.resultPath('skewed.console.1.log'))
    const second = statSync(sandbox.resultPath('skewed.console.2.log'))
    const beside = statSync(sandbox.resultPath('beside.console.log'))
    t.ok(first.birthtimeMs < beside.mtimeMs, 'the first time they ran side by side')
    t.ok(beside.mtimeMs <= second.birthtimeMs, 'the second time the other had ended')
    t.ok(
      second.mtimeMs <= statSync(sandbox.resultPath('later.console.log')).birthtimeMs,
      'and none had begun',
    )
    checkNothingLeft(t)
  },
)

t.test('what a guest prints reaches nobody raw', async t => {
  // ESC, BEL, NUL, DEL, a C1 control by itself and as UTF-8, an overlong form, a stray lead byte, a bidi override.
  const garbage = '\x1b[31mred\x1b]0;title\x07\0\x7f\x9b32m\xc2\x9b33m\xc0\x80\xff\xe2\x80\xae!'
  const line = `[    0.100000] Hypervisor detected: ${garbage}\r\n`
  const dies = [
    kernel,
    { print: `${line}${garbage}\r\n[    0.2] Kernel panic - not syncing: ${garbage}` },
  ]
  const logged = textRecord(
    recordKmsg,
    '6,0,1,-;Hypervisor detected: \\x1b[31m\\xc2\\x9b\\xe2\\x80\\xae\n',
  )
  const reports = [kernel, { print: garbage }, report([...everyRecord.slice(0, 4), logged]), marker]
  const fails = { yaml: 'expect: [{ hypervisor: KVM }]' }
  const scenarios = sandbox.writeScenarios({
    dies: { steps: dies, ...fails },
    reports: { steps: reports, ...fails },
    complains: { steps: [{ complain: `${garbage}\n`, exit: 1 }] },
  })
  for (const format of ['text', 'tap', 'json']) {
    const { status, stdout, stderr } = await sandbox.guise(
      ...sandbox.fakeRun(scenarios, '--format', format),
    )
    t.equal(status, 1)
    t.match(stdout, 'reports', format)
    t.notMatch(stdout + stderr, /(?!\n)[\p{Cc}\p{Cf}]/u, `${format} shows nothing unprintable`)
    if (format !== 'json') continue
    const [first] = stdout.split('\n').map(text => JSON.parse(text || '{}') as Partial<GuiseRecord>)
    t.match(first?.identity?.hypervisor, '\x1b[31mred', 'JSON has it all, escaped')
  }
  t.equal(
    sandbox.result('dies.console.log'),
    dies.map(({ print }) => print).join(''),
    'the console is kept as it came',
  )
})

t.test('a guest that floods the console: guise stays small, and goes on', async t => {
  const flood = (text: string): FakeStep[] => [
    kernel,
    { flood: { text, bytes: 100e6 } },
    { hang: true },
  ]
  const scenarios = sandbox.writeScenarios({
    'one-line': { steps: flood('a') },
    'empty-lines': { steps: flood('\n') },
    'telling-lines': { steps: flood('[    1.000000] Hypervisor detected: KVM\r\n') },
    passes: { steps: reported },
  })
  // All at once: a console is read no faster than half a megabyte a second (restMs in runner/console/pty.ts).
  const { pid, ended } = sandbox.start(
    sandbox.command(...sandbox.fakeRun(scenarios, '--jobs', '4')),
  )
  const peak = await peakMemory(pid, ended)
  const { status, stdout } = await ended
  t.equal(status, 1)
  t.match(stdout, /3 fail, 0 skip, 0 error/)
  t.match(stdout, 'the console grew past its limit')
  t.ok(peak < 600e6, `guise took ${Math.round(peak / 1e6)} MB`)
  for (const name of ['one-line', 'empty-lines', 'telling-lines']) {
    const { size } = statSync(sandbox.resultPath(`${name}.console.log`))
    t.ok(size > defaultOutputBytes && size < defaultOutputBytes + 1e6, `${name}: ${size} bytes`)
    const record = statSync(sandbox.resultPath(`${name}.json`)).size
    t.ok(record < 1e6, `${name}: a record of ${record} bytes`)
  }
  checkNothingLeft(t)
})

t.test('what a killed guise left is removed when it is old', async t => {
  const scenarios = sandbox.writeScenarios({ passes: { steps: reported } })
  const folder = (pid: number) => `guise-guest-${pid}-abcdefghijkl`
  // No process has a number past pid_max, which is 4194304 at most.
  const others = ['guise-other-x', 'guise-5000001-x', 'another-guest-5000001-x']
  const stale = [folder(5_000_001), 'guise-nested-host-5000001-x']
  const old = [...stale, folder(process.pid), ...others]
  for (const name of [...old, folder(5_000_002)]) mkdirSync(sandbox.at('tmp', name))
  const longAgo = Date.now() / 1000 - 2 * 60 * 60
  for (const name of old) utimesSync(sandbox.at('tmp', name), longAgo, longAgo)
  t.equal((await sandbox.guise(...sandbox.fakeRun(scenarios))).status, 0)
  t.strictSame(
    sandbox.temporaryFolders().sort(),
    [folder(process.pid), folder(5_000_002), ...others.slice(0, 2)].sort(),
    'but not that of a live process, of a short time ago, or of something else',
  )
})
