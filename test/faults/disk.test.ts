import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { FakeStep } from '../fixtures/fake-guest.js'
import { until } from '../fixtures/sandbox.js'
import { type Bench, hang, inject, kernel, reported } from './bench.js'
import { faults } from './list.js'
import { withMount } from './mounts.js'

const flood: FakeStep = { flood: { text: 'x\n', bytes: 4e6 } }

/** The files of a folder and those below it. */
const filesBelow = (folder: string) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))

/** Runs three guests, the results or the cache of which are where a command has mounted something. */
async function runMounted(bench: Bench, mount: string, steps?: readonly FakeStep[]) {
  mkdirSync(bench.output, { recursive: true })
  const mounted = await withMount(mount)
  return 'skip' in mounted ? mounted : bench.run({ ...mounted, ...(steps && { steps }) })
}

await inject('disk', faults.disk, {
  full: async bench => {
    const { output, sandbox } = bench
    // The small disk is gone with its name space: what was on it is kept beside it.
    mkdirSync(output)
    const mounted = await withMount(`mount -t tmpfs -o size=600k tmpfs '${output}'`)
    if ('skip' in mounted) return mounted
    const keep = `"$@"; status=$?; cp -r '${output}' '${sandbox.at('kept')}'; exit $status`
    const within = [...mounted.within, 'sh', '-c', keep, 'sh']
    const result = await bench.run({ within, steps: [kernel, flood, ...reported.slice(1)] })
    rmSync(output, { recursive: true })
    symlinkSync(sandbox.at('kept'), output)
    return result
  },
  'file-size-limit': bench =>
    bench.run({
      within: ['bash', '-c', 'ulimit -f 2048; exec "$@"', 'bash'],
      steps: [kernel, flood, ...reported.slice(1)],
    }),
  'read-only': bench => runMounted(bench, `mount -t tmpfs -o ro tmpfs '${bench.output}'`),
  removed: async bench => {
    const goOn = bench.sandbox.at('go-on')
    const steps = [kernel, { until: goOn }, ...reported.slice(1)]
    const guise = bench.start({ steps })
    await bench.strikes()
    rmSync(bench.output, { recursive: true })
    bench.sandbox.write('go-on', '')
    return guise.ended
  },
  'dangling-link': bench => {
    symlinkSync(bench.sandbox.at('nowhere/at/all'), bench.output)
    return bench.run()
  },
  'cache-damaged': async bench => {
    await bench.run()
    for (const path of filesBelow(bench.sandbox.at('cache')))
      truncateSync(path, Math.floor(statSync(path).size / 2))
    return bench.run()
  },
  'cache-read-only': bench => {
    const cache = bench.sandbox.at('cache')
    return runMounted(
      bench,
      `mount --bind '${cache}' '${cache}' && mount -o remount,bind,ro '${cache}'`,
    )
  },
  'lock-of-the-dead': async bench => {
    const killed = bench.start({ steps: [kernel, hang] })
    await bench.strikes()
    process.kill(killed.pid, 'SIGKILL')
    await killed.ended
    await until(() => bench.sandbox.relatives().length === 0)
    for (const name of readdirSync(bench.sandbox.at('tmp')))
      rmSync(bench.sandbox.at('tmp', name), { recursive: true })
    return bench.run()
  },
})
