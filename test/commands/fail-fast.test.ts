import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { bzImage, debianBanner } from '../images/kernel/synthetic.js'

t.setTimeout(200_000)

const sandbox = await Sandbox.create(t)
const steps: FakeStep[] = [
  { print: '[    0.000000] Linux version 6.1.0\r\n' },
  report(everyRecord),
  { print: `${completeMarker}\r\n` },
]
const slowly: FakeStep[] = [{ wait: 1500 }, ...steps]
const falsely = 'expect: [{ hypervisor: Xen HVM }]'
const file = sandbox.writeScenarios({
  passes: { steps },
  fails: { steps, yaml: falsely },
  beside: { steps: slowly },
  later: { steps },
  last: { steps },
})
const one = ['--jobs', '1', '--fail-fast']

function manifest(folder = 'out') {
  return JSON.parse(readFileSync(sandbox.at(folder, 'run.json'), 'utf8')) as {
    ended: string | null
    notRun: number
    kernels: { scenarios?: string[] }[]
  }
}

t.test('after the first failure no guest is started, and the count is told', async t => {
  const { status, stdout, stderr } = await sandbox.guise(...sandbox.fakeRun(file, ...one))
  t.equal(status, 1)
  t.match(stdout, /^1 pass, 1 fail, 0 skip, 0 error; 3 not run, for --fail-fast$/m)
  t.match(stderr, /^guise: fails: fail; 3 guests not started, for --fail-fast$/m)
  t.match(manifest(), { notRun: 3, ended: /Z$/ })
  t.ok(existsSync(sandbox.resultPath('fails.json')))
  t.notOk(existsSync(sandbox.resultPath('beside.json')))
})

t.test('a guest that runs then is finished', async t => {
  const { status, stdout } = await sandbox.guise(
    ...sandbox.fakeRun(file, '--jobs', '2', '--fail-fast', '--filter', 'name != passes'),
  )
  t.equal(status, 1)
  t.match(stdout, /^pass +beside /m)
  t.match(stdout, /^1 pass, 1 fail, 0 skip, 0 error; 2 not run/m)
})

t.test(
  'an error counts, too, and gives its own status; the last guest leaves none out',
  async t => {
    const errors = sandbox.writeScenarios(
      { errs: { steps: [{ complain: 'no such cpu\n', exit: 1 }] }, later: { steps } },
      'errors.yaml',
    )
    const { status, stdout } = await sandbox.guise(...sandbox.fakeRun(errors, ...one))
    t.equal(status, 3)
    t.match(stdout, /; 1 not run, for --fail-fast$/m)
    const alone = await sandbox.guise(...sandbox.fakeRun(`${file}:fails`, ...one))
    t.equal(alone.status, 1)
    t.notMatch(alone.stdout + alone.stderr, /not run|not started/)
  },
)

t.test('TAP skips what was not run, so that its plan holds', async t => {
  const args = [...sandbox.fakeRun(file, ...one), '--format', 'tap']
  const { status, stdout } = await sandbox.guise(...args)
  t.equal(status, 1)
  const events = Parser.parse(stdout, { strict: true })
  t.match(events.find(([name]) => name === 'complete')?.[1], {
    count: 5,
    pass: 4,
    fail: 1,
    skip: 3,
    bailout: false,
  })
  t.match(stdout, /^ok 5 - last on 6\.1\.192 # SKIP not run, for --fail-fast$/m)
  t.match(stdout, /^# 1 pass, 1 fail, 0 skip, 0 error, 3 not run$/m)
})

t.test('JSON has the records that there are; stderr has the count', async t => {
  const args = [...sandbox.fakeRun(file, ...one), '--format', 'json']
  const { status, stdout, stderr } = await sandbox.guise(...args)
  t.equal(status, 1)
  t.same(
    stdout
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as { scenario: string }).scenario),
    ['passes', 'fails'],
  )
  t.match(stderr, '3 guests not started, for --fail-fast')
})

t.test('of several kernels, and --failed goes on with what remains on each', async t => {
  const banner = debianBanner.replaceAll('6.1.', '6.2.')
  const other = sandbox.write('other', bzImage({ banner }))
  const kernels = ['--kernel', sandbox.kernel, '--kernel', other]
  const fake = ['--accel', 'tcg', '--qemu', fakeQemu, '--output', sandbox.at('two')]
  const { status, stdout } = await sandbox.guise(
    ...['run', file, ...kernels, ...fake, ...one, '--format', 'tap'],
  )
  t.equal(status, 1)
  t.match(stdout, /^1\.\.2$/m)
  t.match(stdout, /^ {4}ok 1 - passes on 6\.2\S* # SKIP not run, for --fail-fast$/m)
  t.match(stdout, /^ok 2 - 6\.2/m)
  t.match(Parser.parse(stdout).find(([name]) => name === 'complete')?.[1], { count: 2, ok: false })
  t.equal(manifest('two').notRun, 8)

  const dry = await sandbox.guise('run', '--failed', sandbox.at('two'), '--dry-run')
  t.equal(dry.stdout.trim().split('\n').length, 4 + 5, 'on the first kernel all but what passed')

  const again = await sandbox.guise(
    ...['run', '--failed', sandbox.at('two'), '--output', sandbox.at('again'), '--format', 'json'],
  )
  t.equal(again.status, 1)
  t.equal(again.stdout.trim().split('\n').length, 9)
  t.notOk(again.stdout.split('\n').some(line => /"scenario":"passes".*"6\.1\.192"/.test(line)))
  t.match(manifest('again'), { notRun: 0 })
  t.ok(manifest('again').kernels[0]?.scenarios?.includes('last'))
  t.notOk(manifest('again').kernels[0]?.scenarios?.includes('passes'))
  const rest = await sandbox.guise('run', '--failed', sandbox.at('again'), '--dry-run')
  t.equal(rest.stdout.trim().split('\n').length, 2, 'what failed on each')
})

t.test('--repeat begins no run after one that failed or differed', async t => {
  const { status, stderr } = await sandbox.guise(...sandbox.fakeRun(file, ...one, '--repeat', '3'))
  t.equal(status, 1)
  t.match(stderr, /1 run \(2 not begun, for --fail-fast\) of 2 guests: 0 of 0 differ/)
  t.notOk(existsSync(sandbox.at('out', '2')))
  const dry = await sandbox.guise('run', '--failed', '--dry-run')
  t.equal(dry.stdout.trim().split('\n').length, 4, 'what failed, and what remains')
})

t.test('--failed FOLDER: what is none, in one line', async t => {
  sandbox.write('a-file', '')
  sandbox.write('bad/run.json', '{}')
  for (const [args, says] of [
    [
      ['hyperv'],
      /expected a folder with the run\.json of a run .*, got `hyperv`, which is not there; the scenarios are those that failed/,
    ],
    [[sandbox.at('a-file')], /got `.*a-file`, which is no folder\n$/],
    [[sandbox.at('cache')], /got `.*cache`, which has none\n$/],
    [[sandbox.at('out'), 'hyperv'], /expected no scenario beside it, got `hyperv`/],
    [[sandbox.at('bad')], /bad\/run\.json: expected a run as/],
    [['--jobs', '1'], null],
  ] as const) {
    const { status, stderr } = await sandbox.guise('run', '--failed', ...args, '--dry-run')
    t.equal(status, says === null ? 0 : 2, args.join(' '))
    if (says === null) continue
    t.match(stderr, says)
    t.match(stderr, /^guise: [^\n]*\n$/)
  }
  const below = sandbox.at('several')
  await sandbox.guise(
    ...['run', `${file}:passes`, '--kernel', sandbox.kernel, '--accel', 'tcg'],
    ...['--qemu', fakeQemu, '--output', join(below, '1')],
  )
  const { status, stderr } = await sandbox.guise('run', '--failed', below)
  t.equal(status, 2)
  t.match(stderr, /several`, which has none; .*several\/1 has one\n$/)
  const none = await sandbox.guise('run', '--failed', join(below, '1'))
  t.equal(none.status, 0)
  t.match(none.stderr, /^guise: nothing failed in the run of .*several\/1\n$/)
})

t.test('--failed --filter takes some of what failed', async t => {
  await sandbox.guise(...sandbox.fakeRun(file, ...one))
  const filtered = (expression: string) =>
    sandbox.guise('run', '--failed', sandbox.at('out'), '--dry-run', '--filter', expression)
  t.equal((await filtered('name ~ la*')).stdout.trim().split('\n').length, 2)
  t.equal((await filtered('name = passes')).status, 2)
})
