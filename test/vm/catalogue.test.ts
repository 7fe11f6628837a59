import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkBaseline } from '../../runner/baseline/store.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { packageRoot } from '../../runner/paths.js'
import { type GuiseRecord, recordSchema } from '../../runner/report/record-schema.js'
import { Sandbox } from '../fixtures/sandbox.js'

// Some two hundred guests, a third of them in the nested host.
t.setTimeout(3_000_000)

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const baselines = join(packageRoot, 'test', 'baselines')
const sandbox = await Sandbox.create(t)

async function runJson(
  kernels: readonly string[],
  ...words: string[]
): Promise<{ status: number; records: GuiseRecord[] }> {
  const specs = kernels.flatMap(kernel => ['--kernel', kernel])
  const command = sandbox.command('run', ...words, ...specs, '--format', 'json')
  const { status, stdout } = await sandbox.exec(command, { env, timeout: 2_400_000 })
  const lines = stdout.split('\n').slice(0, -1)
  return { status, records: lines.map(line => recordSchema.parse(JSON.parse(line))) }
}

/** The only reasons for which a scenario of the catalogue may be skipped on Debian's kernels. */
const trueReasons = [
  /^the kernel's configuration lacks CONFIG_/,
  /^needs a kernel /,
  /^this kernel has no module /,
]

function checkRecord(t: Test, record: GuiseRecord): void {
  const { scenario, kernel, verdict, why, outcome, applied, interfaces, composition } = record
  const name = `${scenario} on ${kernel.version}`
  for (const rerun of record.reruns) t.comment(`${name} was run again: ${rerun}`)
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
}

/** Debian 11 as it was last released, and with its security updates: 5.10.232 took the hypercall page away. */
async function checkPointReleases(t: Test): Promise<void> {
  const words = ['xen-cpuid-only', 'xen-cpuid-only-intel', 'xen-nopv', '--accel', 'tcg']
  const { status, records } = await runJson(['debian:5.10.223', 'debian:bullseye'], ...words)
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
      { diedIn: instruction, causes: [/7fa0da537368/], unexplained: [] },
    ])
  }
  t.same(nopv?.cells[1]?.changes, [], 'without a hypercall nothing differs')
}

/** What kernels made of the same scenarios, and each difference with its cause. */
function checkMatrix(t: Test, records: readonly GuiseRecord[]): void {
  const { rows } = makeMatrix(records)
  for (const { scenario, cells } of rows) {
    for (const cell of cells)
      t.same(cell?.unexplained ?? [], [], `${scenario}: no difference without a cause`)
  }
}

let of61: readonly GuiseRecord[] = []

t.test('the whole catalogue on 6.1, each scenario on the accelerator that it needs', async t => {
  const { status, records } = await runJson(['debian:bookworm'])
  t.equal(status, 0)
  t.ok(records.length >= 150, `${records.length} verdicts`)
  for (const record of records) checkRecord(t, record)
  of61 = records
  const passed = records.filter(({ verdict }) => verdict === 'pass')
  t.ok(passed.length >= 140, `${passed.length} pass`)

  // Baselines are kept of the starter catalogue at fidelity cpuid.
  const compared = passed
    .filter(({ fidelity }) => fidelity === 'cpuid')
    .map(record => ({ record, ...checkBaseline(baselines, record) }))
    .filter(({ state }) => state !== 'missing')
  t.ok(compared.length >= 20, `${compared.length} baselines`)
  for (const { record, state, difference } of compared) {
    t.equal(state, 'same', `${record.scenario}: its baseline holds\n${difference ?? ''}`)
  }
})

t.test('the starter catalogue on 5.10, 6.12, 7.2 and 7.3', async t => {
  const suites = ['bullseye', 'trixie', 'forky', 'trixie-backports']
  const { status, records } = await runJson(
    suites.map(suite => `debian:${suite}`),
    '@starter',
  )
  t.equal(status, 0)
  t.equal(new Set(records.map(({ kernel }) => kernel.release)).size, suites.length)
  for (const record of records) checkRecord(t, record)
  const names = new Set(records.map(({ scenario }) => scenario))
  const all = [...of61.filter(({ scenario }) => names.has(scenario)), ...records]
  checkMatrix(t, all)
  const partial = makeMatrix(all).rows.find(({ scenario }) => scenario === 'hyperv-no-vp-index')
  t.match(partial?.cells.slice(0, 3), [
    { hypervisor: 'Microsoft Hyper-V' },
    { hypervisor: null, causes: [/^f3e613e72f66 /] },
    { hypervisor: null, changes: [] },
  ])
})

t.test(
  'two point releases: the page for Xen’s hypercalls, and the instruction in its place',
  checkPointReleases,
)

t.test('three hypervisors, three lines', async t => {
  const words = ['vmware', 'hyperv', 'kvm-behind-hyperv', '--accel', 'tcg']
  const { status, records } = await runJson(['debian:bookworm'], ...words)
  t.equal(status, 0)
  const whole = { applied: true, outcome: 'reported', verdict: 'pass' }
  t.match(records, [
    { scenario: 'vmware', identity: { hypervisor: 'VMware' }, ...whole },
    { scenario: 'hyperv', identity: { hypervisor: 'Microsoft Hyper-V' }, ...whole },
    { scenario: 'kvm-behind-hyperv', identity: { hypervisor: 'KVM' }, ...whole },
  ])
})
