import { execFileSync } from 'node:child_process'
import { existsSync, readlinkSync } from 'node:fs'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { startOnTerminal } from '../fixtures/terminal.js'

// It starts guise some thirty times, on whatever else the machine does.
t.setTimeout(300_000)

const sandbox = await Sandbox.create(t)
// The name by which it was called is that of a script with a space in its path.
const called = sandbox.write(
  'a b/guise',
  `#!/bin/sh\nGUISE_COMMAND=$0 exec ${sandbox.command().join(' ')} "$@"\n`,
)
execFileSync('chmod', ['+x', called])

const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const steps = [kernel, report(everyRecord), { print: `${completeMarker}\r\n` }]
const panic = [
  kernel,
  { print: '[    0.1] nothing\r\n[    1.000000] Kernel panic - not syncing: \u001b[31mx\r\n' },
]
const scenarios = sandbox.writeScenarios({
  passes: { steps },
  fails: { steps, yaml: 'expect: [{ hypervisor: Xen HVM }]' },
  dies: { steps: panic, yaml: "expect: [{ log: { has: ['Linux version'] } }]" },
  breaks: { steps: [{ complain: 'no such cpu\n', exit: 1 }] },
})
const image = sandbox.write("it's a kernel/bzImage", sandbox.bytes('bzImage'))
const run = (...more: string[]) =>
  sandbox.exec([
    called,
    ...['run', scenarios, '--kernel', image, '--accel', 'tcg', '--qemu', fakeQemu, ...more],
  ])

t.test(
  'explain --last, console and run --failed speak of the last run, and boot only what failed',
  async t => {
    const first = await run()
    t.equal(first.status, 1)
    const story = await sandbox.exec([called, 'explain', '--last', 'fails'])
    t.equal(story.status, 0)
    t.match(story.stdout, /^fail +expected hypervisor Xen HVM, got KVM$/m)
    const all = await sandbox.exec([called, 'explain', '--last'])
    t.match(all.stdout, /^fails on [^]*^dies on [^]*^breaks on /m)
    const console = await sandbox.exec([called, 'console', 'dies'])
    t.match(console.stdout, /^> \[ +0\.000000\] Linux version 6\.1\.0$/m, 'the expected pattern')
    t.match(console.stdout, /^! \[ +1\.000000\] Kernel panic - not syncing: \\x1b\[31mx$/m)
    t.match(console.stdout, /^ {2}dies on 6\.1\.192 .*: fail\n! expected outcome reported, got /)
    t.match(console.stdout, /^ {2}.*\/dies\.console\.log$/m, 'where it lies')
    const again = await sandbox.exec([called, 'run', '--failed'])
    t.equal(again.status, 1)
    t.match(again.stdout, '0 pass, 2 fail, 0 skip, 1 error')
    t.notMatch(again.stdout, 'passes')
    for (const words of [
      ['explain', '--last', 'nosuch'],
      ['console', 'passes'],
      ['run', '--failed', 'x'],
    ]) {
      const { status, stderr } = await sandbox.exec([called, ...words] as [string, ...string[]])
      t.equal(status, 2)
      t.match(stderr, /^guise: .*expected/)
    }
  },
)

t.test('a console is shown without a pager where there is none', async t => {
  const env = { ...sandbox.env, PAGER: 'no-such-pager' }
  const shown = startOnTerminal([called, 'console', 'dies'], { env })
  t.equal(await shown.ended, 0)
  t.match(shown.shown(), 'Linux version 6.1.0')
})

t.test('Ctrl-C is the pager’s', async t => {
  const pager = sandbox.write(
    'pager',
    "#!/bin/sh\ntrap 'echo heard' INT\necho LESS=$LESS; echo ready; sleep 2; sleep 1; echo over\n",
  )
  execFileSync('chmod', ['+x', pager])
  const shown = startOnTerminal(['env', '-u', 'LESS', called, 'console', 'dies'], {
    env: { ...sandbox.env, PAGER: pager },
  })
  await until(() => shown.shown().includes('ready'))
  shown.type('\x03')
  t.equal(await shown.ended, 0)
  t.match(shown.shown(), /LESS=FRX[^]*heard[^]*over/)
})

t.test('of many names those are told that may have been meant', async t => {
  const names = Array.from({ length: 20 }, (_, index) => `guest-${index}`)
  const skipped = { steps, yaml: 'needs: { fidelity: kvm }' }
  const file = sandbox.writeScenarios(
    Object.fromEntries(names.map(name => [name, skipped])),
    'many.yaml',
  )
  await sandbox.exec([called, 'run', file, '--kernel', image, '--accel', 'tcg', '--qemu', fakeQemu])
  const near = await sandbox.exec([called, 'console', 'guest-1x'])
  t.equal(near.status, 2)
  t.match(
    near.stderr,
    /expected a scenario of the last run \(such as guest-1, [^)]*\), got `guest-1x`/,
  )
  const far = await sandbox.exec([called, 'console', 'elsewhere'])
  t.match(far.stderr, /expected a scenario of the last run, which has 20, got `elsewhere`/)
  const none = await sandbox.exec([called, 'console', 'guest-1'])
  t.match(none, {
    status: 2,
    stderr: /^guise: guest-1: no guest was started: needs fidelity kvm/,
  })
})

t.test('each command that is printed works when it is pasted', async t => {
  const { stdout } = await run()
  const commands = stdout
    .split('\n')
    .flatMap(line => line.split(' · '))
    .flatMap(piece => /'\/.*a b\/guise' .*$/.exec(piece) ?? [])
  t.ok(commands.length >= 9, stdout)
  for (const command of new Set(commands)) {
    await run()
    const { status, stderr } = await sandbox.exec(['bash', '-c', command])
    t.ok([0, 1, 3].includes(status), `${command}: ${stderr}`)
    t.notMatch(stderr, /unknown|expected|no such file/, command)
  }
})

t.test('what a run was allowed, the repetition of what failed in it is', async t => {
  const device = 'loader,file=/etc/hostname,addr=0x1000'
  const yaml = `machine: { devices: ['${device}'] }\nexpect: [{ outcome: reported }]`
  const file = sandbox.writeScenarios({ reads: { steps: panic, yaml } }, 'reads.yaml')
  const options = ['--kernel', image, '--accel', 'tcg', '--qemu', fakeQemu]
  const first = await sandbox.exec([called, 'run', file, ...options, '--allow-host-files'])
  t.equal(first.status, 1, first.stderr)
  const again = await sandbox.exec([called, 'run', '--failed'])
  t.equal(again.status, 1, again.stderr)
  t.match(again.stdout, '0 pass, 1 fail, 0 skip, 0 error')
})

t.test('what an interrupted run did not come to is still to be done', async t => {
  const waits = { steps: [kernel, { wait: 60_000 }] as const }
  const file = sandbox.writeScenarios(
    { first: { steps }, endless: waits, last: waits },
    'long.yaml',
  )
  const options = ['--kernel', image, '--accel', 'tcg', '--qemu', fakeQemu, '--jobs', '1']
  const before = readlinkSync(sandbox.at('state/guise/runs/latest'))
  const started = sandbox.start([called, 'run', file, ...options], { detached: true })
  const latest = () => readlinkSync(sandbox.at('state/guise/runs/latest'))
  await until(() => latest() !== before)
  await until(() => existsSync(sandbox.resultPath('first.json', 'state/guise/runs/latest')))
  process.kill(-started.pid, 'SIGINT')
  t.equal((await started.ended).status, 130)
  const again = await sandbox.exec([called, 'run', '--failed', '--dry-run'])
  t.equal(again.status, 0, again.stderr)
  t.equal(again.stdout.trim().split('\n').length, 2, again.stdout)
})
