import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { Queue } from 'bullmq'
import t, { type Test } from 'tap'
import { Blobs, mostBlobBytes } from '../../runner/fleet/blobs.js'
import { keys } from '../../runner/fleet/keys.js'
import { guiseVersion } from '../../runner/version.js'
import { Sandbox, type StartedCommand } from '../fixtures/sandbox.js'
import { reports, startWorker } from './fleet.js'
import { TestRedis } from './redis.js'

t.setTimeout(300_000)

const sandbox = await Sandbox.create(t)
const redis = await TestRedis.start(t, sandbox.at('redis'))
const client = redis.client(t)
const blobs = new Blobs(client)
const scenarios = sandbox.writeScenarios({ good: { steps: reports } })

/** A job as a run would make it, and what it was made of. */
async function goodJob() {
  const scenario = await blobs.put(Buffer.from(sandbox.read(scenarios)))
  const kernel = await blobs.put(sandbox.bytes('bzImage'))
  const about = await blobs.put(Buffer.from(JSON.stringify({ config: null, flagBits: null })))
  return {
    guise: guiseVersion(),
    waiter: randomUUID(),
    run: 'a run',
    scenario: { name: 'good', file: scenario, digest: '0'.repeat(64), dumps: {} },
    kernel: { spec: 'bzImage', sha256: kernel, bzImage: null, about },
    modules: [],
    options: {
      ...{ accelerator: 'tcg', qemu: null, channel: null, clock: null },
      ...{ fullConsole: false, totalMs: null },
    },
  }
}

type Job = Awaited<ReturnType<typeof goodJob>>

/** Puts something into the queue by hand, and says what comes of it. */
async function answerTo(t: Test, data: unknown): Promise<string> {
  const queue = new Queue('tcg', { connection: client, prefix: `guise:${guiseVersion()}` })
  t.teardown(() => queue.close())
  const demand = { accelerator: 'tcg', fidelity: 'cpuid', kvm: [], qemu: null }
  await client.sadd(keys.demands(guiseVersion()), JSON.stringify(demand))
  const waiter = (data as Partial<Job> | null)?.waiter ?? ''
  await client.set(keys.run(waiter), '')
  const { id = '' } = await queue.add('guest', data, { attempts: 1 })
  for (;;) {
    const job = await queue.getJob(id)
    if (job?.finishedOn !== undefined)
      return JSON.stringify(job.returnvalue ?? job.failedReason ?? '')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

const zeros = '0'.repeat(64)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const yaml = (name: string, more = '') =>
  `name: ${name}\nsummary: s\nsource: s\nexpect: [{ outcome: reported }]\n${more}`

let worker: StartedCommand | undefined
t.before(() => {
  worker = startWorker(sandbox, redis.url(), 'one')
})

t.test('what is no job, or not of this guise, is refused by name and never run', async t => {
  const good = await goodJob()
  const other = { ...good, guise: '9.9.9' }
  t.match(await answerTo(t, other), /"refused":"expected a job of guise \S+, got one of 9\.9\.9"/)
  t.match(await answerTo(t, 'ls -l'), /expected a job of guise, got another thing/)
  t.match(await answerTo(t, { ...good, command: ['sh'] }), /another thing: .*command/)
  for (const name of ['../../etc/passwd', 'a/b', '..', 'A b']) {
    const scenario = { ...good.scenario, name }
    t.match(await answerTo(t, { ...good, scenario }), /another thing: scenario\.name: /, name)
  }
  const modules = [{ path: 'modules/../init', sha256: zeros }]
  t.match(await answerTo(t, { ...good, modules }), /another thing: modules/)
  t.notOk(existsSync(sandbox.at('workers/one/cache/guise/fleet')), 'nothing was even fetched')
})

t.test('what is no scenario is not run', async t => {
  const good = await goodJob()
  const withFile = async (text: string) => ({
    ...good,
    scenario: { ...good.scenario, file: await blobs.put(Buffer.from(text)) },
  })
  t.match(await answerTo(t, await withFile('#!/bin/sh\nid\n')), /"refused":"good: expected a scen/)
  t.match(await answerTo(t, await withFile(yaml('another'))), /got none of that name/)
  t.match(await answerTo(t, good), /expected the scenario that was asked for, got another/)
  const dump = await withFile(yaml('good', 'cpuid: [{ dump: /etc/passwd }]\n'))
  t.match(await answerTo(t, dump), /hypervisor-leaves|it did not come with the job/)
  const notMine = await withFile(
    yaml('good', 'hypervisor-leaves: model\ncpuid: [{ dump: /etc/passwd }]\n'),
  )
  t.match(await answerTo(t, notMine), /got `\/etc\/passwd` \(it did not come with the job\)/)
})

t.test('what is not what it is called is not used', async t => {
  const good = await goodJob()
  const withKernel = (sha256: string) => ({ ...good, kernel: { ...good.kernel, sha256 } })
  t.match(await answerTo(t, withKernel(zeros)), /blob 0{64}: expected it on the server, got none/)
  const wrong = sha256('what it should be')
  await client.set(keys.blob(wrong), 5)
  await client.set(keys.chunk(wrong, 0), 'wrong')
  t.match(await answerTo(t, withKernel(wrong)), /expected bytes with that SHA-256, got those of/)
  const huge = sha256('huge')
  await client.set(keys.blob(huge), mostBlobBytes + 1)
  t.match(await answerTo(t, withKernel(huge)), /expected at most 536870912 bytes, got 536870913/)
  const lying = sha256('lying')
  await client.set(keys.blob(lying), 5)
  await client.setrange(keys.chunk(lying, 0), 5 * 2 ** 20, 'x')
  t.match(await answerTo(t, withKernel(lying)), /expected its part 0, got 5242881 bytes/)
  const text = await blobs.put(Buffer.from('#!/bin/sh\nid\n'))
  t.match(await answerTo(t, withKernel(text)), /"refused":"kernel bzImage is /)
})

t.test('a blob that somebody changed is not taken', async t => {
  const sha = await blobs.put(Buffer.from('as it was'))
  t.equal(String(await blobs.get(sha)), 'as it was')
  t.ok((await client.ttl(keys.chunk(sha, 0))) > 3000, 'it goes by itself')
  await client.set(keys.chunk(sha, 0), 'as it is!', 'KEEPTTL')
  await t.rejects(blobs.get(sha), { message: /expected bytes with that SHA-256, got those of/ })
  await client.del(keys.chunk(sha, 0))
  t.equal(await blobs.keep(sha), false, 'one without a part is none')
})

t.test('the worker is there still, and has run nothing', async t => {
  process.kill(worker?.pid ?? 0, 'SIGTERM')
  const { status = 1, stderr = '' } = (await worker?.ended) ?? {}
  t.equal(status, 0, stderr)
  t.same(
    sandbox.processes().filter(each => !each.includes('redis')),
    [],
  )
  t.same(sandbox.temporaryFolders(), [])
})
