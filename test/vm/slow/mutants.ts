import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildKernel } from '../../../images/kernel/build/build-kernel.js'
import { scenariosFolder } from '../../../runner/paths.js'
import { asLines } from '../../../runner/report/setup-progress.js'
import type { GuiseRecord } from '../../../runner/record/schema.js'
import { run } from '../../../runner/run/run.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'
import { buildPatched, type CompiledAnew, type SourcePatch } from './patched-kernel.js'

/** A change to the source of Linux 6.1, and the scenarios that are to catch it. */
export interface Mutant {
  readonly name: string
  readonly patch: SourcePatch
  readonly anew?: CompiledAnew
  /** The scenarios that fail. */
  readonly caughtBy: readonly string[]
}

const catalogue = loadScenarios(catalogueFiles(scenariosFolder))

const build = (t: Test) =>
  buildKernel('debian:bookworm', {
    onProgress: asLines(text => {
      t.comment(text)
    }),
  })

async function verdicts(kernel: string, names: readonly string[], output: string) {
  const records = await run({
    scenarios: catalogue.filter(({ name }) => names.includes(name)),
    kernels: [kernel],
    accelerator: 'tcg',
    jobs: availableParallelism(),
    output,
    signal: new AbortController().signal,
  })
  return (verdict: GuiseRecord['verdict']) =>
    records
      .filter(record => record.verdict === verdict)
      .map(({ scenario }) => scenario)
      .sort()
}

function emptyFolder(t: Test): string {
  // Not tap's own folder: what a mount has made of it, tap does not clear away.
  const folder = mkdtempSync(join(tmpdir(), 'guise-mutant-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const skip = process.getuid?.() !== 0 && 'mounts overlays, which takes root'

/**
 * Holds that Debian's own kernel passes the scenarios, and that each mutant of it fails those which are to catch it.
 *
 * @param unharmed - scenarios that pass whatever the change: what is caught is the change, not a kernel that does nothing right
 */
export function testMutants(mutants: readonly Mutant[], unharmed: readonly string[]): void {
  t.test('Debian’s own kernel passes them all', { skip }, async t => {
    const { folder } = await build(t)
    const names = [...new Set([...unharmed, ...mutants.flatMap(({ caughtBy }) => caughtBy)])]
    const ran = await verdicts(folder, names, join(emptyFolder(t), 'out'))
    t.same(ran('pass'), names.sort())
  })
  for (const { name, patch, anew, caughtBy } of mutants) {
    t.test(name, { skip }, async t => {
      const { tree, folder: built } = await build(t)
      const folder = emptyFolder(t)
      const kernel = await buildPatched(tree, built, patch, folder, anew)
      const ran = await verdicts(kernel, [...unharmed, ...caughtBy], join(folder, 'out'))
      t.same(ran('fail'), [...caughtBy].sort(), 'those made for it fail')
      t.same(ran('pass'), [...unharmed].sort(), 'the others pass')
    })
  }
}
