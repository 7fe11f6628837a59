import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { packageRoot, scenariosFolder } from '../../runner/paths.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { run } from '../../runner/run/run.js'
import type { RunOptions } from '../../runner/run/options.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import { besideBusyLoops } from './beside-busy-loops.js'

// It boots some twenty guests, half of them on a machine that is far too busy.
t.setTimeout(1_200_000)

const folder = t.testdir()
const catalogue = loadScenarios(catalogueFiles(scenariosFolder))

async function runs(
  names: readonly string[],
  output: string,
  options: Partial<RunOptions>,
): Promise<readonly GuiseRecord[]> {
  const scenarios = catalogue.filter(({ name }) => names.includes(name))
  return run({ scenarios, accelerator: 'tcg', output: join(folder, output), ...options })
}

/** What came out of a guest up to the end of its report: the lines behind it race with the end of QEMU. */
function consoleOf({ console }: GuiseRecord): string {
  return readFileSync(console ?? '', 'latin1').split(completeMarker, 1)[0] ?? ''
}

/** A record without what only this machine and this run have. */
function lasting(record: GuiseRecord): Record<string, unknown> {
  const ofTheRun = ['run', 'qemu', 'console', 'timing', 'load', 'fingerprint']
  return Object.fromEntries(Object.entries(record).filter(([field]) => !ofTheRun.includes(field)))
}

/** The same guests, alone and then four at a time beside four busy loops. */
async function sameUnderLoad(names: readonly string[], options: Partial<RunOptions>) {
  const quiet = await runs(names, `quiet-${names[0]}`, { jobs: 1, ...options })
  const busy = await besideBusyLoops(() => runs(names, `busy-${names[0]}`, { jobs: 4, ...options }))
  return { quiet, busy }
}

for (const [title, names, options] of [
  [
    'a guest is the same to the byte, however busy the machine',
    ['bare-metal', 'hyperv', 'kvm-no-features', 'vmware', 'xen-cpuid-only'],
    {},
  ],
  ['so is one of two CPUs, by the QEMU that it takes itself', ['kvm-two-cpus'], {}],
  ['so is one with a disk', ['kvm-nvme'], { kernels: ['debian:bookworm/amd64'] }],
] as const) {
  await t.test(title, async t => {
    const { quiet, busy } = await sameUnderLoad(names, options)
    t.same(quiet.map(({ scenario }) => scenario).sort(), [...names])
    for (const [index, record] of quiet.entries()) {
      const other = busy[index] as GuiseRecord
      t.equal(record.clock, 'virtual', record.clockWhy ?? '')
      t.equal(record.fingerprint.qemu, other.fingerprint.qemu)
      t.equal(record.verdict, 'pass', record.why.join('; '))
      t.same([record.reruns, other.reruns], [[], []], `${record.scenario}: run once`)
      t.equal(consoleOf(other), consoleOf(record), `${record.scenario}: its console`)
      const { firmware = 0, unpacked, init, report } = record.instructions ?? {}
      // Xen's signature alone has a kernel die before it starts init.
      const counted = [firmware, unpacked, ...(record.outcome === 'reported' ? [init, report] : [])]
      t.ok(
        counted.every(
          (count, index) =>
            (count ?? 0) > 1e6 && (index < 2 || (count ?? 0) > (counted[index - 1] ?? 0)),
        ),
        `${record.scenario}: what it cost: ${counted.join(' ')}`,
      )
      t.same(lasting(other), lasting(record), `${record.scenario}: its record`)
    }
  })
}

await t.test('guise run --repeat finds no difference in a sample of the catalogue', async t => {
  const { exitCode, stderr } = await execa(
    join(packageRoot, 'scripts', 'guise'),
    ['run', 'sata-ahci', 'timers-no-hpet', '--kernel', 'debian:bookworm/amd64'].concat([
      '--accel',
      'tcg',
      '--repeat',
      '2',
      '--output',
      join(folder, 'repeat'),
    ]),
    { reject: false },
  )
  t.match(stderr, /2 runs of 2 guests: 0 of 2 differ from the first\n?$/)
  t.equal(exitCode, 0, stderr)
})

await t.test('real time, where it is asked for, by the QEMU that is here', async t => {
  const records = await runs(['kvm-no-features', 'kvm-two-cpus'], 'real', { clock: 'real' })
  t.equal(records.length, 2)
  for (const { scenario, clock, instructions, qemu, qemuWhy, verdict, why } of records) {
    t.equal(clock, 'real', scenario)
    t.notOk(qemu.argv.includes('-icount'), scenario)
    t.equal(instructions, null, `${scenario}: nothing is counted`)
    t.equal(qemuWhy, null, scenario)
    t.equal(verdict, 'pass', why.join('; '))
  }
})
