import t from 'tap'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { holderOf, kernelLine, makers, panics, queueRun, reports, startWorker } from './fleet.js'
import { TestRedis } from './redis.js'

t.setTimeout(300_000)

const sandbox = await Sandbox.create(t)
const redis = await TestRedis.start(t, sandbox.at('redis'))
const url = redis.url()
const client = redis.client(t)
const slow = [kernelLine, { wait: 3000 }, ...reports.slice(1)]
const scenarios = sandbox.writeScenarios({
  dies: { steps: panics },
  slow: { steps: slow },
  a: { steps: reports },
  b: { steps: reports },
})

t.test('what is no queue, and what cannot stand beside one', async t => {
  const secret = 'redis://user:secret@127.0.0.1:1/'
  for (const [words, status, message] of [
    [['--queue', 'http://a:secret@b'], 2, /expected redis:\/\/.*, got one of http:$/m],
    [['--queue', 'redis:secret'], 2, /expected redis:\/\/.*, got another form of it$/m],
    [['--queue'], 2, /expected a URL, or one in GUISE_QUEUE, got none$/m],
    [['--queue', url, '--dry-run'], 2, /expected no --dry-run beside it/],
    [['--queue', url, '--qemu', '/bin/true'], 2, /expected no --qemu with a path/],
    [['--queue', url, '--allow-host-files'], 2, /expected no --allow-host-files beside it/],
    [
      ['--queue', secret, '--queue-wait', '1'],
      3,
      /redis:\/\/user@127\.0\.0\.1:1: expected the server of the queue, got none for 1 s: .*REFUSED/,
    ],
  ] as const) {
    const run = await sandbox.guise('run', scenarios, '--kernel', sandbox.kernel, ...words)
    t.equal(run.status, status, words.join(' '))
    t.match(run.stderr, message)
    t.notMatch(run.stderr + run.stdout, 'secret')
  }
})

t.test('a server that lets nobody in is told at once, without the password', async t => {
  const closed = await TestRedis.start(t, sandbox.at('closed'), '--requirepass', 'right')
  for (const words of [['run', scenarios, '--kernel', sandbox.kernel], ['worker']]) {
    const { status, stderr } = await sandbox.guise(...words, '--queue', closed.url('wrong-one'))
    t.equal(status, 3)
    t.match(stderr, /expected to be let in, got: WRONGPASS/)
    t.notMatch(stderr, 'wrong-one')
  }
})

t.test('where nobody serves what is asked for, the run says so', async t => {
  const worker = startWorker(sandbox, url, 'nested', '--serve', 'nested')
  const run = await sandbox.guise(
    ...[...queueRun(sandbox, url, 'unserved'), '--queue-wait', '2', scenarios],
  )
  t.equal(run.status, 3)
  const expected = /a worker of guise \S+ that serves tcg, got nested \(guise \S+; nested; QEMU 7/
  t.match(run.stderr, expected)
  await client.set(keysOfForeign, JSON.stringify({ ...foreign, guise: '0.0.9' }))
  await client.sadd('guise:workers', 'foreign')
  const again = await sandbox.guise(
    ...[...queueRun(sandbox, url, 'unserved'), '--queue-wait', '2', scenarios],
  )
  t.match(again.stderr, /foreign \(guise 0\.0\.9; tcg; QEMU 7\.2/, 'one of another version')
  t.equal(again.status, 3)
  await client.del(keysOfForeign)
  process.kill(worker.pid, 'SIGTERM')
  t.equal((await worker.ended).status, 0)
})

const keysOfForeign = 'guise:worker:foreign'
const foreign = {
  ...{ id: 'foreign', name: 'foreign', accelerators: ['tcg'], features: [], vendor: null },
  ...{ qemu: { version: '7.2.0', named: null }, guests: 1, gaveUp: [] },
}

t.test('a worker that was said to have KVM gives its guests to one that has it', async t => {
  const liar = startWorker(sandbox, url, 'liar', '--serve', 'kvm', '--serve', 'tcg')
  const [, ...rest] = queueRun(sandbox, url, 'kvm')
  const kvm = rest.map(word => (word === 'tcg' ? 'kvm' : word))
  const run = await sandbox.guise('run', ...kvm, '--queue-wait', '3', `${scenarios}:a`)
  t.equal(run.status, 3)
  t.match(run.stderr, /serves kvm, got liar \(.*not kvm: --accel kvm: KVM does not work on this/)
  const tcg = await sandbox.guise(...queueRun(sandbox, url, 'tcg'), `${scenarios}:a`)
  t.equal(tcg.status, 0, 'it serves the rest')
  t.same(makers(sandbox, 'tcg'), { a: 'liar' })
  process.kill(liar.pid, 'SIGTERM')
  t.match((await liar.ended).stderr, /takes nothing more of kvm: --accel kvm: KVM does not work/)
})

t.test('--fail-fast takes back what nobody has begun', async t => {
  const worker = startWorker(sandbox, url, 'one')
  const run = await sandbox.guise(...queueRun(sandbox, url, 'fast'), '--fail-fast', scenarios)
  t.equal(run.status, 1, run.stderr)
  t.match(run.stdout, /0 pass, 1 fail|1 pass, 1 fail/)
  t.match(run.stdout, /[23] not run, for --fail-fast/)
  process.kill(worker.pid, 'SIGTERM')
  await worker.ended
})

t.test('Ctrl-C takes the jobs out of the queue, and ends what runs', async t => {
  const worker = startWorker(sandbox, url, 'one')
  const words = [...queueRun(sandbox, url, 'cut'), `${scenarios}:slow`, `${scenarios}:a`]
  const run = sandbox.start(sandbox.command(...words))
  await until(() => holderOf(sandbox, ['one'], 'slow') !== undefined)
  process.kill(run.pid, 'SIGINT')
  t.equal((await run.ended).status, 130)
  t.equal(await client.llen('guise:0.1.0:tcg:wait'), 0)
  await until(() => holderOf(sandbox, ['one'], 'slow') === undefined)
  const on = await sandbox.guise('run', '--resume', sandbox.at('cut'), '--queue', url)
  t.match(on, { status: 0, stderr: /2 guests left of 2/ })
  process.kill(worker.pid, 'SIGTERM')
  await worker.ended
})

t.test('a worker that is told to end gives its guest back', async t => {
  const first = startWorker(sandbox, url, 'first')
  const run = sandbox.start(sandbox.command(...queueRun(sandbox, url, 'back'), `${scenarios}:slow`))
  await until(() => holderOf(sandbox, ['first'], 'slow') !== undefined)
  const second = startWorker(sandbox, url, 'second')
  process.kill(first.pid, 'SIGTERM')
  t.equal((await first.ended).status, 0)
  const { status, stderr } = await run.ended
  t.equal(status, 0, stderr)
  t.notMatch(stderr, 'was lost')
  t.same(makers(sandbox, 'back'), { slow: 'second' })
  process.kill(second.pid, 'SIGTERM')
  await second.ended
  t.same(
    sandbox.processes().filter(each => !each.includes('redis')),
    [],
    'no process is left',
  )
  t.same(sandbox.temporaryFolders(), [])
})
