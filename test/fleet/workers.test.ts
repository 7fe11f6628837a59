import { readFileSync } from 'node:fs'
import t from 'tap'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { bzImage, debianBanner } from '../images/kernel/synthetic.js'
import { makers, panics, queueRun, records, reports, startWorker } from './fleet.js'
import { TestRedis } from './redis.js'

t.setTimeout(300_000)

const sandbox = await Sandbox.create(t)
const redis = await TestRedis.start(t, sandbox.at('redis'), '--requirepass', 'secret')
const names = ['a', 'b', 'c', 'd', 'e', 'f']
const scenarios = sandbox.writeScenarios(
  Object.fromEntries(names.map(name => [name, { steps: name === 'c' ? panics : reports }])),
)
const other = sandbox.write('other', bzImage({ banner: debianBanner.replace('#1', '#2') }))
const url = redis.url('secret')

t.test('records of two workers are those of a local run', async t => {
  const local = await sandbox.guise(
    ...['run', scenarios, '--kernel', sandbox.kernel, '--kernel', other, '--accel', 'tcg'],
    ...['--qemu', fakeQemu, '--output', sandbox.at('local'), '--format', 'tap'],
  )
  t.equal(local.status, 1)
  const workers = ['one', 'two'].map(name => startWorker(sandbox, url, name))
  const run = await sandbox.guise(
    ...queueRun(sandbox, url, 'out'),
    ...['--kernel', other, scenarios, '--format', 'tap'],
  )
  t.equal(run.status, 1, run.stderr)
  t.equal(run.stdout.replaceAll(sandbox.at('out'), sandbox.at('local')), local.stdout)
  t.same(records(sandbox, 'out'), records(sandbox, 'local'))
  t.match(run.stderr, /starting a on (one|two)$/m)
  for (const worker of workers) process.kill(worker.pid, 'SIGTERM')
  const ended = await Promise.all(workers.map(({ ended }) => ended))
  t.same(
    ended.map(({ status, stdout }) => ({ status, stdout })),
    [0, 0].map(status => ({ status, stdout: '' })),
    ended.map(({ stderr }) => stderr).join(''),
  )
  for (const { stderr } of [run, ...ended]) t.notMatch(stderr, 'secret')
  t.notMatch(readFileSync(sandbox.at('out', 'run.json'), 'utf8'), 'secret')
  t.match(
    Object.values(makers(sandbox, 'out')),
    names.map(() => /^(one|two)$/),
  )
})
