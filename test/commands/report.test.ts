import {
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { formats } from '../../runner/report/formats.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { parseKcidb, xmlErrors } from '../report/format-readers.js'
import { parseKtap } from '../report/ktap-parser.js'

const sandbox = await Sandbox.create(t)
const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const steps = [kernel, report(everyRecord), { print: `${completeMarker}\r\n` }]
const panic = [
  kernel,
  { print: '[    1.000000] Kernel panic - not syncing: \u001b[31mx <script>\r\n' },
]
const scenarios = sandbox.writeScenarios({
  passes: { steps },
  dies: { steps: panic },
  breaks: { steps: [{ complain: 'no such cpu\n', exit: 1 }] },
})
const fake = ['--kernel', sandbox.kernel, '--accel', 'tcg', '--qemu', fakeQemu]
const results = sandbox.at('results')
const reported = async (...words: string[]) => {
  const { status, stdout, stderr } = await sandbox.guise('report', ...words)
  t.equal(status, 0, stderr)
  return stdout
}

t.test('what a run has written, a report of it writes again', async t => {
  for (const format of formats) {
    const words = ['--format', format, '--output', results]
    const run = await sandbox.guise('run', scenarios, ...fake, ...words)
    t.equal(run.status, 1, run.stderr)
    const again = await reported(results, '--format', format)
    if (format === 'json') {
      const parse = (text: string) => text.split('\n', 3).map(line => JSON.parse(line) as unknown)
      t.same(parse(again), parse(run.stdout))
      continue
    }
    // What a report does not know: how many guests ran at a time, where their results lay then, and how long it took in all.
    const same = (text: string) =>
      text
        .replace(/^ *(?:jobs|output|time) .*\n/gm, '')
        .replace(/^QEMU .*; accelerator .*$/m, '')
        .replace(/.*name="results".*\n/, '')
        .trim()
    t.equal(same(again), same(run.stdout), format)
  }
})

t.test('of one run the counts agree', async t => {
  const [own] = parseKtap(await reported(results, '--format', 'ktap'))
  t.same(
    own?.children.map(({ name, ok, directive }) => [name, ok, directive]),
    [
      ['passes', true, null],
      ['dies', false, null],
      ['breaks', false, 'ERROR'],
    ],
  )
  t.match(own?.children[1]?.diagnostics.at(-1), /^console: .*\\x1b\[31mx <script>$/)
  const xml = await reported(results, '--format', 'junit')
  t.same(await xmlErrors(xml), [])
  t.match(xml, / tests="3" failures="1" errors="1" skipped="0" /)
  t.same(
    parseKcidb(await reported(results, '--format', 'kcidb')).tests.map(({ status }) => status),
    ['PASS', 'FAIL', 'MISS'],
  )
  t.match(await reported('--format', 'markdown'), /^### guise: 1 pass, 1 fail, 0 skip, 1 error$/m)
})

t.test('consoles are those beside the records, and no other file', async t => {
  const moved = sandbox.at('moved')
  renameSync(results, moved)
  t.match(await reported(moved, '--format', 'ktap'), /# console: .*Kernel panic/)
  const [folder = ''] = readdirSync(moved).filter(name => name !== 'run.json')
  const secret = sandbox.write('secret', 'a secret\n')
  const log = join(moved, folder, 'dies.console.log')
  rmSync(log)
  symlinkSync(secret, log)
  const record = join(moved, folder, 'breaks.json')
  writeFileSync(
    record,
    readFileSync(record, 'utf8').replace(/"console": "[^"]*"/, `"console": "${secret}"`),
  )
  const text = await reported(moved, '--format', 'ktap')
  t.notMatch(text, /a secret/)
  t.match(text, /^ {2}not ok 2 dies$/m)
})

t.test('several runs, and one that was interrupted', async t => {
  const moved = sandbox.at('moved')
  const cut = sandbox.at('cut')
  cpSync(moved, cut, { recursive: true })
  const [folder = ''] = readdirSync(cut).filter(name => name !== 'run.json')
  rmSync(join(cut, folder, 'breaks.json'))
  const manifest = join(cut, 'run.json')
  writeFileSync(
    manifest,
    readFileSync(manifest, 'utf8').replace(/"ended": "[^"]*"/, '"ended": null'),
  )
  t.match(await reported(cut, '--format', 'junit'), /1 of 3 guests have no record/)
  t.match(
    await reported(cut, '--format', 'tap'),
    /^Bail out! The run was cut short, or still goes on\.$/m,
  )
  const { tests } = parseKcidb(await reported(cut, '--format', 'kcidb'))
  t.match(tests.at(-1), { path: 'guise.breaks', status: 'MISS', comment: /^no record: the run/ })
  const other = sandbox.at('other')
  await sandbox.guise('run', `${scenarios}:passes`, ...fake, '--output', other)
  const both = parseKtap(await reported(moved, other, '--format', 'ktap'))
  t.same(
    both.map(({ ok, children }) => [ok, children.length]),
    [
      [false, 3],
      [true, 1],
    ],
  )
})

t.test('a record that was lost is no guest that was left out', async t => {
  const lost = sandbox.at('lost')
  cpSync(sandbox.at('moved'), lost, { recursive: true })
  const [folder = ''] = readdirSync(lost).filter(name => name !== 'run.json')
  rmSync(join(lost, folder, 'passes.json'))
  for (const format of ['tap', 'ktap', 'junit', 'kcidb', 'markdown', 'text', 'html']) {
    const text = await reported(lost, '--format', format)
    t.match(text, /records were lost/i, format)
    t.notMatch(text, 'fail-fast', format)
  }
  const ktap = await reported(lost, '--format', 'ktap')
  t.throws(() => parseKtap(ktap), /planned 3, got 2/)
  const matrix = await sandbox.guise('matrix', lost, '--format', 'tap')
  t.match(matrix.stderr, /lost: 1 guest has no record: records were lost$/m)
  t.match(matrix.stdout, /^Bail out! Records were lost\.$/m)
})

t.test(
  'a run of which no record is left has all its guests in KCIDB, and a kernel in KTAP',
  async t => {
    const none = sandbox.at('none')
    cpSync(sandbox.at('cut'), none, { recursive: true })
    const [folder = ''] = readdirSync(none).filter(name => name !== 'run.json')
    for (const name of ['passes', 'dies']) rmSync(join(none, folder, `${name}.json`))
    const { tests } = parseKcidb(await reported(none, '--format', 'kcidb'))
    t.same(
      tests.map(({ status }) => status),
      ['MISS', 'MISS', 'MISS'],
    )
    const ktap = await reported(none, '--format', 'ktap')
    t.throws(() => parseKtap(ktap), /planned 3, got 0/)
    t.match(ktap, /^not ok 1 6\.1/m)
    t.notMatch(ktap, /^# QEMU *$/m)
  },
)

t.test('a run is told once, and a record may say anything', async t => {
  const moved = sandbox.at('moved')
  const twice = await sandbox.guise('report', moved, moved)
  t.match(twice, { status: 2, stderr: /moved: expected each run once, got that of .*moved again/ })
  const odd = sandbox.at('odd')
  cpSync(moved, odd, { recursive: true })
  const [folder = ''] = readdirSync(odd).filter(name => name !== 'run.json')
  const path = join(odd, folder, 'dies.json')
  const record = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  writeFileSync(path, JSON.stringify({ ...record, console: 'a\0b' }))
  for (const format of formats) t.ok((await reported(odd, '--format', format)).length > 100, format)
})

t.test('what is no run, and no name', async t => {
  const empty = sandbox.at('cut')
  for (const [words, message] of [
    [[sandbox.at('nowhere')], /nowhere: expected a folder of records, got: /],
    [['--format', 'tap', '--format', 'junit'], /option '--format <format>' is given twice/],
    [['--format', 'nope'], /argument 'nope' is invalid.*text, tap, ktap, junit, kcidb, markdown/],
    [
      [empty, '--format', 'kcidb', '--origin', 'My CI'],
      /--origin: expected a name of a-z, 0-9 and _, got `My CI`/,
    ],
    [
      [empty, '--format', 'kcidb', '--build', 'b1'],
      /--build: expected the id of a build, ORIGIN:ID, got `b1`/,
    ],
    [
      [empty, '--format', 'junit', '--origin', 'ci'],
      /--origin: expected --format kcidb beside it, got junit/,
    ],
  ] as const) {
    const { status, stdout, stderr } = await sandbox.guise('report', ...words)
    t.equal(status, 2, words.join(' '))
    t.equal(stdout, '')
    t.match(stderr, message)
  }
})
