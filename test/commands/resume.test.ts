import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox, until } from '../fixtures/sandbox.js'

t.setTimeout(300_000)

const sandbox = await Sandbox.create(t)
const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const steps = [kernel, report(everyRecord), { print: `${completeMarker}\r\n` }]
const panic: FakeStep[] = [kernel, { print: '[    1.000000] Kernel panic - not syncing: x\r\n' }]
const slow: FakeStep[] = [kernel, { print: 'it waits\r\n' }, { wait: 3000 }, ...steps]
const guests = {
  passes: { steps },
  dies: { steps: panic },
  waits: { steps: slow },
  last: { steps },
}
const scenarios = sandbox.writeScenarios(guests)
const fake = ['--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', fakeQemu, '--jobs', '1']

/** What lies of a run: each file that bears a result, and when it was written. */
function written(output: string): Record<string, number> {
  const [folder = ''] = readdirSync(output).filter(name => name !== 'run.json')
  const names = readdirSync(join(output, folder)).sort()
  return Object.fromEntries(names.map(name => [name, statSync(join(output, folder, name)).mtimeMs]))
}

/** Starts a run, and kills it while its third guest runs. */
async function killed(name: string, signal: 'SIGKILL' | 'SIGINT' = 'SIGKILL'): Promise<string> {
  const output = sandbox.at(name)
  const started = sandbox.start(sandbox.command('run', scenarios, ...fake, '--output', output))
  await until(() => {
    try {
      const log = sandbox.resultPath('waits.console.log', name)
      return readFileSync(log, 'latin1').includes('it waits')
    } catch {
      return false
    }
  })
  process.kill(started.pid, signal)
  await started.ended
  await until(() => sandbox.pids(name).length === 0)
  return output
}

/** The results of a run without what is measured and where it lies. */
function results(output: string): unknown[] {
  const [folder = ''] = readdirSync(output).filter(name => name !== 'run.json')
  return readdirSync(join(output, folder))
    .filter(name => name.endsWith('.json'))
    .map(name => {
      const record = JSON.parse(readFileSync(join(output, folder, name), 'utf8')) as object
      const { scenario, verdict, outcome, why, kernel, cpuid, interfaces } = record as Record<
        string,
        unknown
      >
      return { scenario, verdict, outcome, why, kernel, cpuid, interfaces }
    })
}

t.test('what was cut short goes on, and nothing that is done is done again', async t => {
  const whole = sandbox.at('whole')
  const uncut = await sandbox.guise('run', scenarios, ...fake, '--output', whole, '--format', 'tap')
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const output = await killed(signal, signal)
    const before = written(output)
    t.same(Object.keys(before), [
      'dies.console.log',
      'dies.json',
      'passes.console.log',
      'passes.json',
      'waits.console.log',
    ])
    const { run, started } = JSON.parse(readFileSync(join(output, 'run.json'), 'utf8')) as Record<
      string,
      string
    >
    const again = await sandbox.guise('run', '--resume', output, '--format', 'tap')
    t.equal(again.status, 1, 'one of those that were done had failed')
    t.match(again.stderr, `2 guests left of 4 of the run in ${output}`)
    t.same(
      [...again.stderr.matchAll(/starting (\w+)/g)].map(([, name]) => name),
      ['waits', 'last'],
    )
    const after = written(output)
    for (const name of Object.keys(before).filter(each => !each.startsWith('waits')))
      t.equal(after[name], before[name], name)
    t.equal(again.stdout.replaceAll(output, whole), uncut.stdout, 'all of it is told')
    t.same(results(output), results(whole))
    t.match(JSON.parse(readFileSync(join(output, 'run.json'), 'utf8')), {
      run,
      started,
      ended: /Z$/,
    })
    const nothing = await sandbox.guise('run', '--resume', output, '--format', 'tap')
    t.equal(nothing.stdout, again.stdout)
    t.match(nothing.stderr, /nothing is left of the run in/)
    t.same(written(output), after)
  }
})

t.test('the last run, and what --fail-fast left out', async t => {
  const first = await sandbox.guise('run', scenarios, ...fake, '--fail-fast')
  t.match(first.stdout, /1 pass, 1 fail, .*; 2 not run, for --fail-fast/)
  const again = await sandbox.guise('run', '--resume', '--jobs', '2')
  t.match(again.stdout, /^3 pass, 1 fail, 0 skip, 0 error$/m)
  t.match(again.stdout, /^ +console +\[ +1\.000000\] Kernel panic|^ +kernel said +Kernel panic/m)
})

t.test('what is another now is no part of that run', async t => {
  const output = await killed('changed')
  sandbox.writeScenarios({ ...guests, last: { steps: panic } })
  const other = await sandbox.guise('run', '--resume', output)
  t.equal(other.status, 2)
  t.match(
    other.stderr,
    /scenarios\.yaml: last: expected the scenario that the run began with, got another/,
  )
  sandbox.writeScenarios(guests)
  const bytes = readFileSync(sandbox.kernel)
  writeFileSync(sandbox.kernel, Buffer.concat([bytes, Buffer.alloc(4096)]))
  const kernel = await sandbox.guise('run', '--resume', output)
  t.equal(kernel.status, 2)
  t.match(
    kernel.stderr,
    /bzImage: expected the kernel that the run began with \(sha256 [0-9a-f]{12}\), got another/,
  )
  writeFileSync(sandbox.kernel, bytes)
  const manifest = JSON.parse(readFileSync(join(output, 'run.json'), 'utf8')) as object
  t.match(manifest, { ended: null }, 'and stays what it was')
  t.match(await sandbox.guise('run', '--resume', output), {
    status: 1,
    stderr: /2 guests left of 4/,
  })
})

t.test('what can’t stand beside it, and what is no run', async t => {
  const output = sandbox.at('whole')
  for (const [words, message] of [
    [['--resume', output, '--kernel', 'a'], /run --resume: expected --jobs, .* got `--kernel`$/m],
    [['--resume', output, '--full-console'], /got `--full-console`$/m],
    [['--resume', output, '--accel', 'kvm'], /got `--accel`$/m],
    [['vmware', '--resume', output], /got `vmware`$/m],
    [['--resume', output, '--output', 'x'], /got `--output`$/m],
    [
      ['--resume', sandbox.at('tmp')],
      /run --resume: expected a folder with the run\.json .*which has none/,
    ],
    [['--resume', 'vmware'], /which is not there; the scenarios are the run’s, and are not named/],
  ] as const) {
    const { status, stderr, stdout } = await sandbox.guise('run', ...words)
    t.equal(status, 2, words.join(' '))
    t.match(stderr, message)
    t.equal(stdout, '')
  }
})
