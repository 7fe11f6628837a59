import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildKernel } from '../../../images/kernel/build/build-kernel.js'
import { scenariosFolder } from '../../../runner/paths.js'
import type { GuiseRecord } from '../../../runner/record/schema.js'
import { asLines } from '../../../runner/report/setup-progress.js'
import { run } from '../../../runner/run/run.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'
import type { Scenario } from '../../../runner/scenario/scenario.js'
import { parseScenario } from '../../fixtures/scenario.js'
import { besideBusyLoops } from '../beside-busy-loops.js'
import { buildPatched } from './patched-kernel.js'

// Clocks that are broken, and say just what those of a starved guest say, on real time. Builds a kernel (minutes, the first time) and
// mounts overlays: for root, by `npm run test:slow`, on a machine that does nothing else.

const asRoot = process.getuid?.() === 0
const catalogue = loadScenarios(catalogueFiles(scenariosFolder))
const named = (...names: string[]) => catalogue.filter(({ name }) => names.includes(name))

const folder = mkdtempSync(join(tmpdir(), 'guise-broken-clock-'))
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What is made of the TSC is nothing to these. */
const unharmed = named('timers-no-tsc', 'hyperv')
const harmed = named('bare-metal', 'unknown-vendor', 'timers-all')

// 2 GHz, which no TSC counts to the kHz. native_calibrate_tsc() in arch/x86/kernel/tsc.c believes it of Intel's CPUs.
const told = parseScenario(`
cpu: { vendor: GenuineIntel }
cpuid:
  - { leaf: 0, eax: 0x16 }
  - { leaf: 0x15, eax: 1, ebx: 80, ecx: 25000000, edx: 0 }
expect: [{ clocksource: { current: tsc } }]
`)

function records(kernel: string, scenarios: readonly Scenario[], output: string) {
  return run({
    scenarios,
    kernels: [kernel],
    accelerator: 'tcg',
    clock: 'real',
    jobs: 1,
    output: join(folder, output),
    signal: new AbortController().signal,
  })
}

/** Holds that a guest with a broken clock failed, or that it was starved each time and says so. */
function checkBroken(t: Test, { scenario, verdict, why, load, reruns, clock }: GuiseRecord) {
  const story = `${scenario}: ${why.join('; ')}; ${reruns.length} reruns`
  t.equal(clock, 'real')
  t.equal(verdict, load?.starved === true ? 'error' : 'fail', story)
  if (verdict === 'error')
    t.match(why[0], /too busy for it; it waited \d+ % .* \d+ ms at a stretch/)
  for (const rerun of reruns) t.match(rerun, 'this machine was too busy for it', story)
}

/** The same of guests that have the machine to themselves. Somebody else may still have been busy there: not with each of them. */
function checkQuiet(t: Test, ran: readonly GuiseRecord[], count: number) {
  t.equal(ran.length, count)
  for (const record of ran) checkBroken(t, record)
  t.ok(
    ran.some(({ verdict, reruns }) => verdict === 'fail' && reruns.length === 0),
    'one that was not starved fails at once',
  )
}

t.test(
  'a watchdog that finds fault with every clock',
  { skip: !asRoot && 'mounts overlays, which takes root' },
  async t => {
    const { tree, folder: built } = await buildKernel('debian:bookworm', {
      onProgress: asLines(text => {
        t.comment(text)
      }),
    })
    const kernel = await buildPatched(
      tree,
      built,
      {
        'kernel/time/clocksource.c':
          's/if (abs(cs_nsec - wd_nsec) > md)/if (abs(cs_nsec - wd_nsec) >= 0)/',
      },
      folder,
    )
    await t.test('fails', async t => {
      checkQuiet(t, await records(kernel, harmed, 'quiet'), harmed.length)
      const others = await records(kernel, unharmed, 'unharmed')
      t.same(
        others.map(({ verdict }) => verdict),
        ['pass', 'pass'],
      )
    })
    await t.test('beside busy loops never passes', async t => {
      const ran = await besideBusyLoops(() => records(kernel, harmed, 'busy'))
      t.equal(ran.length, harmed.length)
      for (const record of ran) checkBroken(t, record)
    })
  },
)

t.test('a TSC frequency that CPUID tells, and that is not the machine’s', async t => {
  checkQuiet(t, await records('debian:bookworm', [told], 'told'), 1)
  for (const record of await besideBusyLoops(() =>
    records('debian:bookworm', [told], 'told-busy'),
  )) {
    checkBroken(t, record)
  }
})
