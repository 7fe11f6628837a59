import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import * as layout from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { exampleRecord } from '../fixtures/record.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const banner: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const settled = { type: layout.recordNote, payload: 'clocksource-settled=yes' }
const reported = [
  banner,
  report([...everyRecord, settled]),
  { print: `${layout.completeMarker}\r\n` },
]
const writeOne = () => sandbox.writeScenarios({ one: { steps: reported } })
const writeTwo = () =>
  sandbox.writeScenarios({ one: { steps: reported }, other: { steps: reported } })
const fake = ['--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', fakeQemu]
const runs = sandbox.at('state', 'guise', 'runs')
const latest = join(runs, 'latest')

interface Manifest {
  readonly run: string
  readonly ended: string | null
}
const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Manifest

t.test('a run says what it was, and its records which run they are of', async t => {
  const file = writeTwo()
  const { status } = await sandbox.guise('run', file, ...fake, '--jobs', '1')
  t.equal(status, 0)
  t.match(manifestOf(latest), {
    schema: 'guise-run-1',
    ended: /Z$/,
    command: ['guise', 'run', file, ...fake, '--jobs', '1'],
    kernels: [{ spec: sandbox.kernel }],
    scenarios: [
      { name: 'one', file },
      { name: 'other', file },
    ],
    options: { accelerator: 'tcg', qemu: fakeQemu, jobs: 1, channel: null, totalMs: null },
  })
  const [folder = ''] = readdirSync(latest).filter(name => name !== 'run.json')
  const record = JSON.parse(readFileSync(join(latest, folder, 'one.json'), 'utf8')) as object
  t.match(record, { run: manifestOf(latest).run })
})

t.test(
  'latest is the last run: not an explain, a dump or a baseline, and not one that never began',
  async t => {
    const before = manifestOf(latest).run
    const kept = readdirSync(runs)
    const one = writeOne()
    t.match(await sandbox.guise('explain', one, ...fake), { status: 0 })
    t.match(await sandbox.guise('dump', one, ...fake), { status: 0 })
    const baselines = ['--baselines', sandbox.at('baselines')]
    t.match(await sandbox.guise('baseline', 'update', one, ...baselines, ...fake), { status: 0 })
    t.match(await sandbox.guise('run', one, ...fake, '--kernel', '/nowhere'), { status: 2 })
    t.equal(manifestOf(latest).run, before)
    t.same(readdirSync(runs), kept, 'and none is among the runs')
  },
)

t.test('a run with a folder of its own is the last one, too', async t => {
  await sandbox.guise(...sandbox.fakeRun(writeTwo()))
  t.equal(manifestOf(latest).run, manifestOf(sandbox.at('out')).run)
  t.match(await sandbox.guise('matrix'), { stdout: /^one .*\n *other /m })
})

t.test('a folder that is used again shows the last run, and keeps what else is in it', async t => {
  await sandbox.guise(...sandbox.fakeRun(writeTwo()))
  const mine = sandbox.write('out/notes.json', '{}')
  const before = sandbox.result('other.json')
  const one = writeOne()
  await sandbox.guise(...sandbox.fakeRun(one))
  const { status, stdout } = await sandbox.guise('matrix', sandbox.at('out'))
  t.equal(status, 0)
  t.match(stdout, /^one /m)
  t.notMatch(stdout, /^other /m)
  t.equal(sandbox.read(mine), '{}')
  t.equal(sandbox.result('other.json'), before)
})

t.test('an interrupted run keeps what it had, and shows nothing of an earlier one', async t => {
  await sandbox.guise(...sandbox.fakeRun(writeTwo()))
  const cut = sandbox.writeScenarios({
    one: { steps: reported },
    other: { steps: [banner, { print: 'here it stays\r\n' }, { hang: true }] },
  })
  const started = sandbox.start(sandbox.command(...sandbox.fakeRun(cut, '--jobs', '1')))
  await sandbox.consoleHas('other', 'here it stays')
  process.kill(started.pid, 'SIGINT')
  t.equal((await started.ended).status, 130)
  t.equal(manifestOf(sandbox.at('out')).ended, null)
  const { stdout } = await sandbox.guise('matrix', sandbox.at('out'))
  t.match(stdout, /^one /m)
  t.notMatch(stdout, /^other /m)
})

t.test(
  'runs in folders below one are read each by its own run.json, records without one all',
  async t => {
    const folder = sandbox.at('several')
    mkdirSync(folder)
    const one = writeOne()
    await sandbox.guise('run', one, ...fake, '--output', join(folder, 'a'))
    writeFileSync(join(folder, 'a', 'matrix.json'), '[]')
    const loose = sandbox.writeScenarios({ loose: { steps: reported } })
    await sandbox.guise('run', loose, ...fake, '--output', join(folder, 'b'))
    rmSync(join(folder, 'b', 'run.json'))
    const { stdout } = await sandbox.guise('matrix', folder)
    t.match(stdout, /^loose /m)
    t.match(stdout, /^one /m)
  },
)

t.test('what is no record is told with what it lacks', async t => {
  const path = sandbox.write('odd/x.json', '{"schema":"guise-record-1"}')
  const { status, stderr } = await sandbox.guise('matrix', sandbox.at('odd'))
  t.equal(status, 2)
  t.match(stderr, `${path}: expected a record as \`guise run\` writes it, got: run: `)
  await execa('mkfifo', [sandbox.at('odd', 'w.json')])
  t.match(await sandbox.guise('matrix', sandbox.at('odd')), {
    status: 2,
    stderr: /w\.json: expected a record as .*, got: no regular file$/m,
  })
  rmSync(sandbox.at('odd', 'w.json'))
  const [first] = exampleRecord().interfaces
  const unknown = exampleRecord({ interfaces: [{ ...first, id: 'x' } as never] })
  sandbox.write('odd/x.json', JSON.stringify(unknown))
  const { stderr: cut } = await sandbox.guise('matrix', sandbox.at('odd'))
  t.match(cut, /got: interfaces\.0\.id: .*\.\.\.$/m, 'a choice of many is not told whole')
  t.ok(cut.length < 500)
  sandbox.write('odd/x.json', '{"schema":"guise-record-2"}')
  const other = await sandbox.guise('matrix', sandbox.at('odd'))
  t.equal(other.status, 2)
  t.match(other.stderr, 'got: one of the schema guise-record-2, which another version of guise')
})
