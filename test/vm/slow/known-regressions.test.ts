import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildKernel } from '../../../images/kernel/build/build-kernel.js'
import { resolveKernel } from '../../../images/kernel/resolve.js'
import { scenariosFolder } from '../../../runner/paths.js'
import { explain } from '../../../runner/report/explain.js'
import { asLines } from '../../../runner/report/setup-progress.js'
import type { GuiseRecord } from '../../../runner/record/schema.js'
import { run } from '../../../runner/run/run.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'
import type { Scenario } from '../../../runner/scenario/scenario.js'
import { type KnownRegression, knownRegressions } from './known-regressions.js'
import { buildPatched } from './patched-kernel.js'

// Regressions that Linux had, each red on a kernel with it and green on one without: a package of Debian's where one can be had,
// and else its source with the fix taken back. Builds two kernels (minutes, the first time) and mounts overlays: for root, by
// `npm run test:slow`.

const asRoot = process.getuid?.() === 0
const skip = !asRoot && 'mounts overlays, which takes root'

/** The scenarios, of which what holds until a fix is left out: a kernel that has the bug is held to what one without it does. */
const catalogue = loadScenarios(catalogueFiles(scenariosFolder)).map(scenario => ({
  ...scenario,
  expect: scenario.expect.filter(({ why = '' }) => !why.startsWith('until')),
}))

const scenariosOf = (names: readonly string[]): Scenario[] =>
  catalogue.filter(({ name }) => names.includes(name))

async function records(t: Test, kernels: readonly string[], names: readonly string[]) {
  return await run({
    scenarios: scenariosOf(names),
    kernels,
    accelerator: 'tcg',
    jobs: availableParallelism(),
    output: join(emptyFolder(t), 'out'),
    signal: new AbortController().signal,
  })
}

function emptyFolder(t: Test): string {
  // Not tap's own folder: what a mount has made of it, tap does not clear away.
  const folder = mkdtempSync(join(tmpdir(), 'guise-regression-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const build = (t: Test, spec: string) =>
  buildKernel(spec, {
    onProgress: asLines(text => {
      t.comment(text)
    }),
  })

/** Those of Debian's kernels that its mirror still has. */
async function stillHad(t: Test, { packages }: KnownRegression): Promise<string[]> {
  const found = packages.map(async spec => {
    try {
      await resolveKernel(spec)
      return [spec]
    } catch (error) {
      t.comment(`${spec}: ${error instanceof Error ? error.message : String(error)}`)
      return []
    }
  })
  return (await Promise.all(found)).flat()
}

/** The kernels that have a regression: packages, or else one that is built of the source with the fix taken back. */
async function kernelsWith(t: Test, regression: KnownRegression): Promise<string[]> {
  const packaged = await stillHad(t, regression)
  const { fixed, reverted, anew } = regression
  if (packaged.length > 0 || reverted === undefined) return packaged
  const { tree, folder } = await build(t, fixed)
  const started = performance.now()
  const patched = await buildPatched(tree, folder, reverted, emptyFolder(t), anew)
  t.comment(`built on in ${Math.round((performance.now() - started) / 1000)} s`)
  return [patched]
}

function checkRed(t: Test, { reason, diedIn }: KnownRegression, record: GuiseRecord): void {
  const { scenario, kernel, verdict, why, rule } = record
  const where = `${scenario} on ${kernel.version}`
  t.equal(verdict, 'fail', `${where} fails: ${why.join('; ')}`)
  t.ok(
    why.some(line => reason.test(line)),
    `${where} says why`,
  )
  if (diedIn !== undefined) t.equal(record.diedIn, diedIn, `${where} dies there`)
  t.ok(rule, `${where} has a rule`)
  t.ok(explain(record).includes(`the rule that is expected: ${rule ?? ''}`), `${where}: explained`)
}

for (const regression of knownRegressions) {
  const { commit, what, scenarios } = regression
  t.test(`${commit}: ${what}`, { skip }, async t => {
    const kernels = await kernelsWith(t, regression)
    t.ok(kernels.length > 0, 'a kernel that has it')
    const red = await records(t, kernels, scenarios)
    t.equal(red.length, scenarios.length * kernels.length)
    for (const record of red) checkRed(t, regression, record)
  })
}

const suites = [...new Set(knownRegressions.map(({ fixed }) => fixed))]

for (const suite of suites) {
  t.test(`none of them in ${suite}`, { skip }, async t => {
    const names = knownRegressions
      .filter(({ fixed }) => fixed === suite)
      .flatMap(({ scenarios }) => scenarios)
    const { folder } = await build(t, suite)
    const green = await records(t, [folder, suite], names)
    t.ok(green.length >= 2 * names.length)
    for (const { scenario, kernel, verdict, why } of green) {
      const known = verdict === 'pass' || (verdict === 'skip' && scenario === 'bhyve')
      t.ok(known, `${scenario} on ${kernel.release}: ${verdict} ${why.join('; ')}`)
    }
  })
}
