import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkBaseline } from '../../runner/baseline/store.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { packageRoot } from '../../runner/paths.js'
import { type GuiseRecord, recordSchema } from '../../runner/report/record-schema.js'
import { Sandbox } from '../fixtures/sandbox.js'

// Some 240 guests under TCG. What needs more than leaves is in nested-run.test.ts and, all of it, in slow/catalogue-kvm.test.ts.
t.setTimeout(3_000_000)

// The kernels are in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const baselines = join(packageRoot, 'test', 'baselines')
const sandbox = await Sandbox.create(t)

async function runJson(
  kernels: readonly string[],
  ...words: string[]
): Promise<{ status: number; records: GuiseRecord[]; stderr: string }> {
  const specs = kernels.flatMap(kernel => ['--kernel', kernel])
  const command = sandbox.command('run', ...words, ...specs, '--format', 'json')
  const { status, stdout, stderr } = await sandbox.exec(command, { env, timeout: 2_400_000 })
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

t.test('all of the catalogue that leaves are enough for, on 6.1', async t => {
  const { status, records, stderr } = await runJson(['debian:bookworm'], '--accel', 'tcg')
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
  t.ok(passed.length >= 130, `${passed.length} pass`)

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
  const { status, records, stderr } = await runJson(
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
    { hypervisor: null, changes: [] },
  ])
})

t.test(
  'two point releases: the page for Xen’s hypercalls, and the instruction in its place',
  checkPointReleases,
)
