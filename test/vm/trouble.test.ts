import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import { recordSchema } from '../../runner/record/schema.js'
import { Sandbox, until } from '../fixtures/sandbox.js'

// The kernel is in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }

/** Starts a run of real guests, two at a time, in a sandbox and a process group of its own. */
async function start(t: Test, ...scenarios: string[]) {
  const sandbox = await Sandbox.create(t)
  const options = ['--kernel', 'debian:bookworm', '--accel', 'tcg', '--jobs', '2']
  const command = sandbox.command('run', ...scenarios, ...options, '--output', sandbox.at('out'))
  return { sandbox, guise: sandbox.start(command, { env, detached: true }) }
}

t.test('kill -9 on guise: no QEMU two seconds later, and the consoles are there', async t => {
  const { sandbox, guise } = await start(t, 'vmware', 'hyperv')
  await sandbox.consoleHas('vmware', 'Linux version')
  await sandbox.consoleHas('hyperv', 'Linux version')
  t.equal(sandbox.processes().length, 3, 'guise and two guests')
  process.kill(guise.pid, 'SIGKILL')
  await until(() => sandbox.processes().length === 0, 2000)
  await guise.ended
  for (const scenario of ['vmware', 'hyperv']) {
    t.match(sandbox.result(`${scenario}.console.log`), 'Linux version 6.1.')
  }
})

t.test('Ctrl-C: the finished records are there, and nothing else is left', async t => {
  const { sandbox, guise } = await start(t, 'xen-cpuid-only', 'vmware', 'hyperv')
  await sandbox.consoleHas('hyperv', 'Linux version')
  process.kill(-guise.pid, 'SIGINT')
  const { status, stdout } = await guise.ended
  t.equal(status, 130)
  t.match(stdout, /^pass {2}xen-cpuid-only /m)
  // The other guest of the first two may have ended before the signal came.
  t.match(stdout, /[12] of \d have no record: the run was cut short\n$/)
  t.match(recordSchema.parse(JSON.parse(sandbox.result('xen-cpuid-only.json'))), {
    outcome: 'early-exception',
    verdict: 'pass',
  })
  t.match(sandbox.result('hyperv.console.log'), 'Linux version 6.1.')
  t.notOk(existsSync(sandbox.resultPath('hyperv.json')))
  t.strictSame([sandbox.processes(), sandbox.temporaryFolders()], [[], []])
})
