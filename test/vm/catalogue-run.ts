import type { Test } from 'tap'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { type GuiseRecord, recordSchema } from '../../runner/record/schema.js'
import { scenariosFolder } from '../../runner/paths.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import type { SanityRule } from '../../runner/scenario/sanity-rule.js'
import type { Sandbox } from '../fixtures/sandbox.js'

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }

/** What comes of `guise run` on some kernels. */
export async function runJson(
  sandbox: Sandbox,
  kernels: readonly string[],
  ...words: string[]
): Promise<{ status: number; records: GuiseRecord[]; stderr: string }> {
  const specs = kernels.flatMap(kernel => ['--kernel', kernel])
  const command = sandbox.command('run', ...words, ...specs, '--format', 'json')
  const { status, stdout, stderr } = await sandbox.exec(command, { env, timeout: 7_000_000 })
  const lines = stdout.split('\n').slice(0, -1)
  return { status, records: lines.map(line => recordSchema.parse(JSON.parse(line))), stderr }
}

/** The only reasons for which a scenario of the catalogue may be skipped on Debian's kernels. */
const trueReasons = [
  /^the kernel's configuration lacks CONFIG_/,
  /^needs a kernel /,
  /^this kernel has no module /,
  /^needs fidelity kvm; tcg has fidelity cpuid: /,
]

const catalogue = loadScenarios(catalogueFiles(scenariosFolder))

function statedRules(name: string): SanityRule[] {
  const scenario = catalogue.find(each => each.name === name)
  return scenario?.expect.flatMap(({ breaks = [] }) => breaks) ?? []
}

/** Holds that a scenario of the catalogue passes, or is skipped for a true reason. */
export function checkRecord(t: Test, record: GuiseRecord): void {
  const { scenario, kernel, verdict, why, outcome, applied, interfaces, composition } = record
  const name = `${scenario} on ${kernel.version}`
  for (const rerun of record.reruns) t.comment(`${name} was run again: ${rerun}`)
  if (record.clock === 'virtual') t.same(record.reruns, [], `${name}: no machine shows in it`)
  if (verdict === 'skip') {
    t.ok(
      trueReasons.some(reason => reason.test(why[0] ?? '')),
      `${name} is skipped: ${why[0] ?? ''}`,
    )
    return
  }
  t.equal(verdict, 'pass', `${name}: ${why.join('; ')}`)
  t.equal(applied, outcome === 'reported' ? true : null, `${name}: asked is got`)
  t.ok(interfaces.length > 0)
  if (outcome === 'reported') t.same(composition.violations, [], `${name} keeps the classes`)
  // One that is stated is the scenario's doing, and has been judged.
  const unstated = (record.broken ?? []).filter(({ rule }) => !statedRules(scenario).includes(rule))
  t.same(unstated, [], `${name} keeps the rules`)
}

/** What kernels made of the same scenarios, and each difference with its cause. */
export function checkMatrix(t: Test, records: readonly GuiseRecord[]): void {
  const { rows } = makeMatrix(records)
  for (const { scenario, cells } of rows) {
    for (const cell of cells)
      t.same(cell?.unexplained ?? [], [], `${scenario}: no difference without a cause`)
  }
}
