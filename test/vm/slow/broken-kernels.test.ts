import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { asLines } from '../../../runner/report/setup-progress.js'
import { buildKernel } from '../../../images/kernel/build/build-kernel.js'
import { candidatesOf, type Candidate } from '../../../runner/observe/detection-rule.js'
import { hypervisorNames } from '../../../runner/hypervisors/table.js'
import { leafLookup } from '../../../runner/observe/leaf-lookup.js'
import { scenariosFolder } from '../../../runner/paths.js'
import { leafTable } from '../../../runner/plan/leaf-table.js'
import { explain } from '../../../runner/report/explain.js'
import type { GuiseRecord } from '../../../runner/record/schema.js'
import { run } from '../../../runner/run/run.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'
import type { Scenario } from '../../../runner/scenario/scenario.js'
import { buildPatched, type SourcePatch } from './patched-kernel.js'

// Debian's kernel with a rule of the detection broken: the catalogue fails on exactly the scenarios that depend on it. Builds a
// kernel (minutes, the first time) and mounts overlays: for root, by `npm run test:slow`.

const asRoot = process.getuid?.() === 0
const scenarios = loadScenarios(catalogueFiles(scenariosFolder)).filter(
  ({ needs }) => needs.fidelity === 'cpuid',
)

/**
 * Whom Linux 6.1, which does not know bhyve, finds in a scenario's leaves, in the order of hypervisors[]; what nopv has it pass over is
 * left out.
 */
function found(scenario: Scenario): Candidate[] {
  const edited = leafLookup(undefined, leafTable(scenario))
  const saysBit = scenario.steps.some(
    step => step.kind === 'edit' && step.edit.leaf === 1 && step.edit.registers !== null,
  )
  // The CPU model has the bit, unless a scenario says otherwise.
  const leaf = (number: number) =>
    number === 1 && !saysBit ? { ...edited(1), ecx: 0x80000000 } : edited(number)
  const nopv = scenario.kernel.cmdline.includes('nopv')
  return candidatesOf({ leaf })
    .filter(({ owner, refused }) => refused === null && owner !== 'bhyve')
    .filter(({ ignoresNopv }) => !nopv || ignoresNopv)
    .toSorted((a, b) => hypervisorNames.indexOf(a.owner) - hypervisorNames.indexOf(b.owner))
}

/** The winner is the highest; of equal ones the first. */
function winner(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted((a, b) => b.priority - a.priority)[0]
}

const rules: readonly {
  readonly name: string
  readonly patch: SourcePatch
  /** Whether what a scenario expects of the detection depends on the rule. */
  readonly matters: (scenario: Scenario) => boolean
}[] = [
  {
    name: 'the first match wins, not the highest base',
    patch: { 'arch/x86/kernel/cpu/hypervisor.c': 's/if (pri > max_pri)/if (pri \\&\\& !h)/' },
    matters: scenario => {
      const candidates = found(scenario)
      return winner(candidates) !== candidates[0]
    },
  },
  {
    // What hypervisor_cpuid_base() finds elsewhere is not found, in each of its callers: the function itself stands in a header on
    // which nearly every file depends.
    name: 'hypervisors are looked for at 0x40000000 alone',
    patch: Object.fromEntries(
      [
        'arch/x86/kernel/kvm.c',
        'arch/x86/kernel/jailhouse.c',
        'arch/x86/include/asm/xen/hypervisor.h',
        'arch/x86/include/asm/acrn.h',
      ].map(file => [
        file,
        's/return \\(hypervisor_cpuid_base(.*)\\);/return \\1 == 0x40000000 ? 0x40000000 : 0;/',
      ]),
    ),
    matters: scenario => (winner(found(scenario))?.base ?? 0x40000000) !== 0x40000000,
  },
]

for (const { name, patch, matters } of rules) {
  t.test(name, { skip: !asRoot && 'mounts overlays, which takes root' }, async t => {
    const { tree, folder: build } = await buildKernel('debian:bookworm', {
      onProgress: asLines(text => {
        t.comment(text)
      }),
    })
    // Not tap's own folder: what a mount has made of it, tap does not clear away.
    const folder = mkdtempSync(join(tmpdir(), 'guise-broken-'))
    t.teardown(() => {
      rmSync(folder, { recursive: true, force: true })
    })
    const started = performance.now()
    const kernel = await buildPatched(tree, build, patch, folder)
    t.comment(`built on in ${Math.round((performance.now() - started) / 1000)} s`)
    const records = await run({
      scenarios,
      kernels: [kernel],
      accelerator: 'tcg',
      jobs: availableParallelism(),
      output: join(folder, 'out'),
      signal: new AbortController().signal,
    })
    const ran = (verdict: GuiseRecord['verdict']) =>
      records.filter(record => record.verdict === verdict)
    const skipped = new Set(ran('skip').map(({ scenario }) => scenario))
    const expected = scenarios.filter(matters).map(scenario => scenario.name)
    t.ok(expected.length > 5, `${expected.length} scenarios depend on it`)
    t.strictSame(
      ran('fail').map(({ scenario }) => scenario),
      expected.filter(scenario => !skipped.has(scenario)),
    )
    t.strictSame(ran('error'), [])
    for (const record of ran('fail')) {
      t.match(explain(record), /expected hypervisor|expected/i, `explain ${record.scenario}`)
    }
    t.comment(explain(ran('fail')[0] ?? (records[0] as GuiseRecord)))
  })
}
