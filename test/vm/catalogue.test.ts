import { join } from 'node:path'
import t, { type Test } from 'tap'
import { differenceLines } from '../../runner/baseline/text.js'
import { checkBaseline } from '../../runner/baseline/store.js'
import { formatChange } from '../../runner/matrix/change.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { packageRoot, scenariosFolder } from '../../runner/paths.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { checkMatrix, checkRecord, runJson } from './catalogue-run.js'

// Some 150 guests under TCG. All of the catalogue is in slow/catalogue-series.test.ts, and what needs more than leaves in
// nested-run.test.ts and slow/catalogue-kvm.test.ts.
t.setTimeout(3_000_000)

const catalogue = loadScenarios(catalogueFiles(scenariosFolder))
const baselines = join(packageRoot, 'test', 'baselines')
const sandbox = await Sandbox.create(t)

/** Debian 11 as it was last released, and with its security updates: 5.10.232 took the hypercall page away. */
async function checkPointReleases(t: Test): Promise<void> {
  const words = ['xen-cpuid-only', 'xen-cpuid-only-intel', 'xen-nopv', '--accel', 'tcg']
  const { status, records } = await runJson(
    sandbox,
    ['debian:5.10.223', 'debian:bullseye'],
    ...words,
  )
  t.equal(status, 0)
  for (const record of records) checkRecord(t, record)
  const { kernels, rows } = makeMatrix(records)
  t.equal(kernels[0]?.version, '5.10.223')
  t.match(kernels[1]?.version, /^5\.10\.(?!223)/)
  const [amd, intel, nopv] = rows
  for (const [row, instruction] of [
    [amd, 'xen_hypercall_amd'],
    [intel, 'xen_hypercall_intel'],
  ] as const) {
    t.match(row?.cells, [
      { diedIn: 'xen_hvm_init_shared_info' },
      { diedIn: instruction, causes: [/7fa0da537368/] },
    ])
    t.strictSame(row?.cells[1]?.unexplained, [])
  }
  t.same(nopv?.cells[1]?.changes, [], 'without a hypercall nothing differs')
}

let of61: readonly GuiseRecord[] = []

// What tells of a CPU beside its hypervisor: of many, some.
const many: readonly string[] = [
  'mitigations',
  'xsave',
  'tsc',
  'topology',
  'vendors',
  'regressions',
]

/** The starter scenarios, and of the others every third that needs no KVM; of the large groups every sixteenth. */
function sample(): string[] {
  const others = catalogue.filter(
    ({ groups, needs }) =>
      !groups.includes('starter') && !groups.includes('models') && needs.fidelity === 'cpuid',
  )
  const large = others.filter(({ groups }) => groups.some(group => many.includes(group)))
  const small = others.filter(scenario => !large.includes(scenario))
  const chosen = [
    ...small.filter((_, place) => place % 3 === 0),
    ...large.filter((_, place) => place % 16 === 0),
  ]
  return ['@starter', ...chosen.map(({ name }) => name)]
}

t.test('a part of the catalogue, on 6.1', async t => {
  const words = [...sample(), '--accel', 'tcg']
  const { status, records, stderr } = await runJson(sandbox, ['debian:bookworm'], ...words)
  for (const record of records) checkRecord(t, record)
  t.equal(status, 0, stderr.slice(-2000))
  of61 = records
  for (const [scenario, hypervisor] of [
    ['vmware', 'VMware'],
    ['hyperv', 'Microsoft Hyper-V'],
    ['kvm-behind-hyperv', 'KVM'],
    ['bare-metal', null],
  ] as const) {
    t.match(records.find(record => record.scenario === scenario)?.identity, { hypervisor })
  }
  const passed = records.filter(({ verdict }) => verdict === 'pass')
  t.ok(passed.length >= 75, `${passed.length} pass`)

  // Baselines are kept of the whole catalogue: a missing one is no pass.
  const compared = passed
    .filter(({ fidelity }) => fidelity === 'cpuid')
    .map(record => ({ record, ...checkBaseline(baselines, record) }))
  t.ok(compared.length >= 75, `${compared.length} baselines`)
  for (const { record, state, differences } of compared) {
    const lines = differenceLines(differences).join('\n')
    t.equal(state, 'same', `${record.scenario}: its baseline holds\n${lines}`)
  }
})

// Those between them are in slow/catalogue-series.test.ts.
t.test('the starter catalogue on 5.10 and 7.3, the oldest and the newest', async t => {
  const suites = ['bullseye', 'trixie-backports']
  const { status, records, stderr } = await runJson(
    sandbox,
    suites.map(suite => `debian:${suite}`),
    '@starter',
  )
  t.equal(status, 0, stderr.slice(-2000))
  t.equal(new Set(records.map(({ kernel }) => kernel.release)).size, suites.length)
  for (const record of records) checkRecord(t, record)
  const names = new Set(records.map(({ scenario }) => scenario))
  const all = [...of61.filter(({ scenario }) => names.has(scenario)), ...records]
  checkMatrix(t, all)
  const partial = makeMatrix(all).rows.find(({ scenario }) => scenario === 'hyperv-no-vp-index')
  t.match(partial?.cells.slice(0, 3), [
    { hypervisor: 'Microsoft Hyper-V' },
    { hypervisor: null, causes: [/^f3e613e72f66 /] },
    { hypervisor: null },
  ])
  const [, , newest] = partial?.cells ?? []
  t.same(newest?.changes?.map(formatChange), ['+ flag xtopology'])
  t.match(newest?.causes, [/^c749ce393b8f /])
})

t.test(
  'two point releases: the page for Xen’s hypercalls, and the instruction in its place',
  checkPointReleases,
)
