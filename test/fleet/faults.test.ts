import t, { type Test } from 'tap'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { Sandbox, type StartedCommand, until } from '../fixtures/sandbox.js'
import { holderOf, kernelLine, makers, queueRun, records, reports, startWorker } from './fleet.js'
import { TestRedis } from './redis.js'

t.setTimeout(300_000)

const slow = [kernelLine, { wait: 4000 }, ...reports.slice(1)]
const guests = {
  slow: { steps: slow },
  ...Object.fromEntries(['a', 'b', 'c', 'd'].map(name => [name, { steps: reports }])),
}

/** A server, workers and a run that has begun its slow guest. */
async function begin(t: Test, names: readonly string[], ...serverOptions: string[]) {
  const sandbox = await Sandbox.create(t)
  const redis = await TestRedis.start(t, sandbox.at('redis'), ...serverOptions)
  const scenarios = sandbox.writeScenarios(guests)
  const workers = new Map<string, StartedCommand>()
  for (const name of names) workers.set(name, startWorker(sandbox, redis.url(), name))
  const run = sandbox.start(sandbox.command(...queueRun(sandbox, redis.url(), 'out'), scenarios))
  await until(() => holderOf(sandbox, names, 'slow') !== undefined)
  const holder = holderOf(sandbox, names, 'slow') ?? ''
  const pid = workers.get(holder)?.pid ?? 0
  const end = async () => {
    for (const [name, worker] of workers) {
      if (sandbox.pids(`--name ${name} `).length > 0) process.kill(worker.pid, 'SIGTERM')
    }
    const ended = await Promise.all([...workers.values()].map(({ ended }) => ended))
    t.same(
      sandbox.processes().filter(each => !each.includes('redis')),
      [],
      'no process is left',
    )
    return ended
  }
  return { sandbox, redis, scenarios, workers, run, holder, pid, end }
}

/** The records of a local run of the same. */
async function localRecords(sandbox: Sandbox, scenarios: string) {
  const fake = ['--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', fakeQemu]
  await sandbox.guise('run', scenarios, ...fake, '--output', sandbox.at('local'))
  return records(sandbox, 'local')
}

t.test('a worker that is killed gives its guest to another', async t => {
  const { sandbox, scenarios, run, holder, pid, end } = await begin(t, ['one', 'two'])
  process.kill(pid, 'SIGKILL')
  const { status, stderr } = await run.ended
  t.equal(status, 0, stderr)
  const other = holder === 'one' ? 'two' : 'one'
  t.match(stderr, `${holder} was lost with slow: ${other} runs it again`)
  t.equal(makers(sandbox, 'out').slow, other)
  t.same(records(sandbox, 'out'), await localRecords(sandbox, scenarios))
  await end()
})

t.test('one that was stopped and comes back brings no second result', async t => {
  const { sandbox, scenarios, run, holder, pid, redis, end } = await begin(t, ['one', 'two'])
  process.kill(pid, 'SIGSTOP')
  const { status, stderr } = await run.ended
  t.equal(status, 0, stderr)
  const other = holder === 'one' ? 'two' : 'one'
  t.equal(makers(sandbox, 'out').slow, other)
  const before = records(sandbox, 'out')
  process.kill(pid, 'SIGCONT')
  await until(() => holderOf(sandbox, [holder], 'slow') === undefined)
  t.same(records(sandbox, 'out'), before)
  t.same(before, await localRecords(sandbox, scenarios))
  const client = redis.client(t)
  const left = (await client.keys('guise:*:tcg:*')).map(key => key.split(':').at(-1))
  t.same(
    left.sort(),
    ['events', 'id', 'marker', 'meta', 'stalled-check'],
    'nothing stays in the queue',
  )
  const again = await sandbox.guise(...queueRun(sandbox, redis.url(), 'again'), `${scenarios}:a`)
  t.equal(again.status, 0, 'and it takes guests again')
  await end()
})

t.test('a server that is started again has lost nothing', async t => {
  const persistent = ['--appendonly', 'yes', '--appendfsync', 'everysec']
  const { sandbox, scenarios, run, redis, end } = await begin(t, ['one', 'two'], ...persistent)
  await redis.stop()
  await redis.start()
  const { status, stderr } = await run.ended
  const told = await end()
  t.equal(status, 0, [stderr, ...told.map(each => each.stderr)].join(''))
  t.notMatch(stderr, /was lost|has lost/, 'nothing was run twice')
  t.same(records(sandbox, 'out'), await localRecords(sandbox, scenarios))
})

t.test('of one that keeps nothing, what it lost is put there again', async t => {
  const { sandbox, scenarios, run, redis, end } = await begin(t, ['one'])
  await redis.stop('SIGKILL')
  await redis.start()
  const { status, stderr } = await run.ended
  t.equal(status, 0, stderr)
  t.match(stderr, /the server has lost slow: it is put there again/)
  t.same(records(sandbox, 'out'), await localRecords(sandbox, scenarios))
  await end()
})

t.test('a guest that kills three workers is an error by name', async t => {
  const names = ['one', 'two', 'three']
  const { sandbox, run, workers, end } = await begin(t, names)
  const killed: string[] = []
  while (killed.length < 3) {
    const rest = names.filter(name => !killed.includes(name))
    await until(() => holderOf(sandbox, rest, 'slow') !== undefined)
    const holder = holderOf(sandbox, rest, 'slow') ?? ''

    process.kill(workers.get(holder)?.pid ?? 0, 'SIGKILL')
    killed.push(holder)
  }
  const { status, stdout, stderr } = await run.ended
  t.equal(status, 3, stderr)
  t.match(stdout, /^ERROR +slow/im)
  t.match(stdout, '3 workers were lost with it')
  t.match(stdout, `begun by ${killed.join(', ')}`)
  t.match(stdout, /^4 pass, 0 fail, 0 skip, 1 error$/m)

  await end()
})

t.test('a server that goes away ends the run, which goes on later', async t => {
  const { sandbox, run: first, scenarios, redis, end } = await begin(t, ['one', 'two'])
  await first.ended
  const url = redis.url()
  const run = sandbox.start(
    sandbox.command(...queueRun(sandbox, url, 'cut'), '--queue-wait', '3', scenarios),
  )
  await until(() => holderOf(sandbox, ['one', 'two'], 'slow') !== undefined)
  await until(() => Object.keys(safeRecords(sandbox, 'cut')).length === 4)
  await redis.stop()
  const { status, stderr } = await run.ended
  t.equal(status, 3)
  t.match(stderr, /redis:\/\/127\.0\.0\.1:\d+: expected the server of the queue, got none for 3 s/)
  t.match(stderr, /`guise run --resume` goes on with the run$/m)
  await redis.start()
  const resumed = await sandbox.guise('run', '--resume', sandbox.at('cut'), '--queue', url)
  t.equal(resumed.status, 0, resumed.stderr)
  t.match(resumed.stderr, /1 guest left of 5/)
  t.same(records(sandbox, 'cut'), await localRecords(sandbox, scenarios))
  await end()
})

function safeRecords(sandbox: Sandbox, output: string): object {
  try {
    return records(sandbox, output)
  } catch {
    return {}
  }
}
