import { chmodSync, existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { graceMs } from '../../runner/launch/qemu-process.js'
import { recordSchema } from '../../runner/record/schema.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, report } from '../fixtures/fake-guest.js'
import { Sandbox, type StartedCommand, until } from '../fixtures/sandbox.js'

const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const reported = [kernel, report(everyRecord), { print: `${completeMarker}\r\n` }]
const hang: FakeStep = { hang: true }

/** In a sandbox of its own, starts a run that finishes one scenario and then hangs in two others. */
async function start(t: Test, format: string, hanging: readonly FakeStep[] = [kernel, hang]) {
  const sandbox = await Sandbox.create(t)
  const scenarios = sandbox.writeScenarios({
    'hangs-first': { steps: hanging },
    passes: { steps: reported },
    'hangs-too': { steps: hanging },
    'never-runs': { steps: reported },
  })
  const args = sandbox.fakeRun(scenarios, '--jobs', '2', '--format', format)
  // A process group of its own, as a shell gives it to a job.
  const guise = sandbox.start(sandbox.command(...args), { detached: true })
  await sandbox.consoleHas('hangs-first', 'Linux version')
  await sandbox.consoleHas('hangs-too', 'Linux version')
  return { sandbox, guise }
}

function checkResultsKept(t: Test, sandbox: Sandbox): void {
  const record = recordSchema.parse(JSON.parse(sandbox.result('passes.json')))
  t.equal(record.verdict, 'pass')
  t.match(sandbox.result('passes.console.log'), completeMarker)
  for (const name of ['hangs-first', 'hangs-too']) {
    t.equal(sandbox.result(`${name}.console.log`), '[    0.000000] Linux version 6.1.0\r\n')
    t.notOk(existsSync(sandbox.resultPath(`${name}.json`)), 'no record of what did not end')
  }
  t.notOk(existsSync(sandbox.resultPath('never-runs.console.log')))
}

async function checkInterrupted(t: Test, sandbox: Sandbox, guise: StartedCommand): Promise<string> {
  const { status, stdout, stderr } = await guise.ended
  t.equal(status, 130)
  t.match(stderr, /guise: SIG\w+: ending the guests; the results so far are kept\n/)
  t.match(stderr, /guise: interrupted\n$/)
  t.equal(stderr.split('ending the guests').length, 2, 'said once')
  t.strictSame(sandbox.processes(), [], 'no process is left')
  t.strictSame(sandbox.temporaryFolders(), [], 'no temporary folder is left')
  checkResultsKept(t, sandbox)
  return stdout
}

t.test('SIGINT to guise alone', async t => {
  const { sandbox, guise } = await start(t, 'json')
  const other = await sandbox.guise(...sandbox.fakeRun(sandbox.at('scenarios.yaml')))
  t.match(other, {
    status: 2,
    stdout: '',
    stderr: /out: expected a folder that no other run writes to, got one where a run goes on$/m,
  })
  process.kill(guise.pid, 'SIGINT')
  const stdout = await checkInterrupted(t, sandbox, guise)
  t.match(stdout, /^\{.*"scenario":"passes".*\}\n$/, 'what has ended is told, whatever came before')
})

t.test('Ctrl-C: SIGINT to the whole process group', async t => {
  const { sandbox, guise } = await start(t, 'text')
  process.kill(-guise.pid, 'SIGINT')
  const stdout = await checkInterrupted(t, sandbox, guise)
  t.match(stdout, /^pass {2}passes /m)
  t.match(
    stdout,
    /^1 pass, 0 fail, 0 skip, 0 error; 3 of 4 have no record: the run was cut short\n$/m,
  )
  // A guest that hangs is what one interrupts, and wants to read.
  const console = await sandbox.guise('console', 'hangs-first')
  t.match(console, { status: 0, stderr: '' })
  t.match(
    console.stdout,
    /^ {2}hangs-first on 6\.1\.\S+ \(.*\): ended with the run, before it was judged$/m,
  )
  t.match(console.stdout, /^ {2}\[ +0\.000000\] Linux version 6\.1\.0$/m)
  t.match(await sandbox.guise('console', 'never-runs'), { status: 2, stdout: '' })
})

/** The second signal may come when guise has ended already, which is as good. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

t.test('Ctrl-C that npm passes on once more', async t => {
  const { sandbox, guise } = await start(t, 'tap')
  process.kill(guise.pid, 'SIGINT')
  setTimeout(() => {
    killIfThere(guise.pid)
  }, 20)
  const stdout = await checkInterrupted(t, sandbox, guise)
  t.match(stdout, /^1\.\.4\n[^]*^ok 1 - passes [^]*^Bail out! /m)
})

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  t.test(signal, async t => {
    const { sandbox, guise } = await start(t, 'text')
    process.kill(guise.pid, signal)
    await checkInterrupted(t, sandbox, guise)
  })
}

t.test('a second Ctrl-C does not wait for guests that will not end', async t => {
  const { sandbox, guise } = await start(t, 'text', [{ ignore: 'SIGTERM' }, kernel, hang])
  const startedAt = performance.now()
  process.kill(guise.pid, 'SIGINT')
  setTimeout(() => {
    process.kill(guise.pid, 'SIGINT')
  }, 1500)
  t.equal((await guise.ended).status, 128 + 9)
  t.ok(performance.now() - startedAt < graceMs)
  await until(() => sandbox.processes().length === 0, 2000)
  checkResultsKept(t, sandbox)
})

t.test('kill -9: the guests die with guise', async t => {
  const { sandbox, guise } = await start(t, 'text', [{ ignore: 'SIGTERM' }, kernel, hang])
  t.equal(sandbox.processes().length, 3, 'guise and two guests')
  process.kill(guise.pid, 'SIGKILL')
  await until(() => sandbox.processes().length === 0, 2000)
  t.equal((await guise.ended).status, 128 + 9)
  checkResultsKept(t, sandbox)
})

for (const [what, words] of [
  ['before the first guest', ['run', 'tcg', '--accel', 'tcg']],
  ['of a dry run', ['run', 'tcg', '--accel', 'tcg', '--dry-run']],
  ['while the doctor looks', ['doctor']],
] as const) {
  t.test(`Ctrl-C ${what}`, async t => {
    const sandbox = await Sandbox.create(t)
    const qemu = sandbox.write(
      'slow-qemu',
      `#!/bin/sh\n: ${sandbox.kernel}\n>${sandbox.at('asked')}\nsleep 30\n`,
    )
    chmodSync(qemu, 0o755)
    const kernel = words[0] === 'run' ? ['--kernel', sandbox.kernel] : []
    const command = sandbox.command(...words, '--qemu', qemu, ...kernel)
    const guise = sandbox.start(command, { detached: true })
    await until(() => existsSync(sandbox.at('asked')))
    process.kill(-guise.pid, 'SIGINT')
    const { status, stdout, stderr } = await guise.ended
    t.equal(status, 130)
    t.equal(stdout, '')
    t.match(stderr, /^guise: SIGINT: .*\nguise: interrupted\n$/)
    t.strictSame(sandbox.processes(), [])
  })
}
