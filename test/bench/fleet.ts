import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kernel } from '../../images/kernel/kernel.js'
import { Blobs } from '../../runner/fleet/blobs.js'
import { failedResult } from '../../runner/fleet/failed-result.js'
import { FleetSite } from '../../runner/fleet/fleet-site.js'
import type { FleetJob } from '../../runner/fleet/job.js'
import type { Offer } from '../../runner/fleet/offer.js'
import { parseQueueUrl } from '../../runner/fleet/queue-url.js'
import { QueueServer } from '../../runner/fleet/queue-server.js'
import { Queues } from '../../runner/fleet/queues.js'
import { packResult } from '../../runner/fleet/result.js'
import { FleetWorker } from '../../runner/fleet/worker.js'
import { GuestLimit } from '../../runner/run/guest-limit.js'
import { run } from '../../runner/run/run.js'
import { loadScenarios } from '../../runner/scenario/load.js'
import { guiseVersion } from '../../runner/version.js'
import { bzImage, debianBanner } from '../images/kernel/synthetic.js'
import { TestRedis } from '../fleet/redis.js'

// What a queue costs: runs of simulated workers, whose guests take 50 ms and nothing of a CPU, against the time of those guests
// alone. `tsx test/bench/fleet.ts [CELLS...]`

const guestMs = 50
const workers = 4
const guestsEach = 4
const counts = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(tmpdir(), 'guise-bench-'))
process.env.XDG_CACHE_HOME = join(folder, 'cache')
process.env.XDG_STATE_HOME = join(folder, 'state')
const stop = new AbortController()
const quiet = { signal: stop.signal, onNote: () => undefined }

/** A guest of 50 ms, with a console of 30 kB. */
async function simulate(blobs: Blobs, data: unknown): Promise<string> {
  const { scenario, kernel, run } = data as FleetJob
  await sleep(guestMs)
  const own = join(folder, 'guests', randomUUID())
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, `${scenario.name}.console.log`), 'a line of a console\r\n'.repeat(1500))
  const guest = {
    scenario: { name: scenario.name, file: '', needs: { fidelity: 'cpuid' } },
    kernel: { ...kernel, release: 'r', version: '6.1', banner: 'b', config: null },
  } as unknown as Parameters<typeof failedResult>[0] & { kernel: Kernel }
  const result = failedResult(guest, run, 'tcg', ['simulated'], null)
  const console = join(own, `${scenario.name}.console.log`)
  const packed = await packResult({ ...result, record: { ...result.record, console } }, own)
  rmSync(own, { recursive: true })
  return blobs.put(packed)
}

async function startWorker(url: string, name: string): Promise<void> {
  const server = await QueueServer.connect(parseQueueUrl(url), { ...quiet, waitMs: 1e4 })
  const queues = new Queues(server, 20_000)
  const blobs = new Blobs(server.client)
  const offer: Offer = {
    ...{ id: randomUUID(), name, guise: guiseVersion(), accelerators: ['tcg'], features: [] },
    ...{ vendor: null, qemu: { version: '7.2', named: null }, guests: guestsEach, gaveUp: [] },
  }
  const limit = new GuestLimit(guestsEach)
  const guests = { run: (data: unknown) => simulate(blobs, data) }
  const options = { ...quiet, lostAfterMs: 20_000 }
  await new FleetWorker(options, offer, server, queues, guests, limit).work()
  await queues[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
}

const redis = await TestRedis.start({ teardown: () => undefined } as never, join(folder, 'redis'))
const working = Array.from({ length: workers }, (_, at) => startWorker(redis.url(), `w${at}`))
for (const cells of counts.length > 0 ? counts : [1000, 10_000]) {
  const kernels = Array.from({ length: Math.ceil(cells / 1000) }, (_, at) => {
    const path = join(folder, `bzImage-${at}`)
    writeFileSync(path, bzImage({ banner: debianBanner.replace('#1', `#${at + 1}`) }))
    return path
  })
  const names = Array.from({ length: Math.min(cells, 1000) }, (_, at) => `cell-${at}`)
  const file = join(folder, 'cells.yaml')
  const yaml = (name: string) =>
    `name: ${name}\nsummary: s\nsource: s\nexpect: [{ outcome: reported }]\n`
  writeFileSync(file, names.map(yaml).join('---\n'))
  const scenarios = loadScenarios([file])
  const fleet = { url: parseQueueUrl(redis.url()), window: 512, waitMs: 1e4, lostAfterMs: 20_000 }
  const startedAt = performance.now()
  const records = await run({
    ...{ scenarios, kernels, accelerator: 'tcg', output: join(folder, `out-${cells}`) },
    site: request => FleetSite.open(fleet, request),
  })
  const tookMs = performance.now() - startedAt
  const alone = (cells * guestMs) / (workers * guestsEach)
  const each = (tookMs - alone) / records.length
  process.stdout.write(
    `${records.length} cells on ${workers * guestsEach} places: ${(tookMs / 1000).toFixed(1)} s, of which the guests ${(alone / 1000).toFixed(1)} s; ${each.toFixed(2)} ms a cell beside them\n`,
  )
}
stop.abort()
await Promise.all(working)
await redis.stop()
rmSync(folder, { recursive: true })
