import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import * as layout from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { bzImage } from '../images/kernel/synthetic.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { BaselineSettler, statuses } from '../../runner/commands/settle-baseline.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const banner: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const end: FakeStep = { print: `${layout.completeMarker}\r\n` }
const settled = { type: layout.recordNote, payload: 'clocksource-settled=yes' }
const reported = [banner, report([...everyRecord, settled]), end]
const dies = [banner, { print: '[    1.000000] Kernel panic - not syncing: x\r\n' }]
const fake = ['--accel', 'tcg', '--qemu', fakeQemu]

async function baseline(
  mode: 'update' | 'check',
  steps: readonly FakeStep[],
  ...more: readonly string[]
) {
  const yaml = 'expect: [{ hypervisor: KVM }]'
  const file = sandbox.writeScenarios({ one: { steps, yaml } })
  const command = sandbox.command('baseline', mode, file, ...fake, '--kernel', sandbox.kernel)
  const cwd = sandbox.at('work')
  return sandbox.exec([...command, ...more], { cwd })
}

t.beforeEach(() => {
  sandbox.write('work/mine.txt', '')
})

t.test('missing, made, the same, different; in the working folder', async t => {
  const missing = await baseline('check', reported)
  t.equal(missing.status, 1)
  t.match(
    missing.stdout,
    /^missing .*one\.txt: not in guise-baselines\n {2}accept: .*baseline update .*one.*--baselines guise-baselines\n1 missing$/m,
  )
  t.match(await baseline('update', reported), { status: 0, stdout: /^written .*one/ })
  t.ok(sandbox.has('work', 'guise-baselines'))
  t.match(await baseline('update', reported), { status: 0, stdout: /^same .*one/ })
  t.match(await baseline('check', reported), { status: 0, stdout: /^same .*one/ })
  const differs = await baseline('check', dies)
  t.equal(differs.status, 1)
  t.match(
    differs.stdout,
    /^differs .*one[^]*^ {2}- outcome reported\n {2}\+ outcome panic[^]*^ {2}made with: the same kernel, [^]*^ {2}accept: .*--accept-failures\n1 differs$/m,
  )
  t.match(await baseline('check', [{ complain: 'no such cpu\n', exit: 1 }]), {
    status: 3,
    stdout: /^error +one: .*no such cpu/,
  })
})

t.test('a guest that fails is recorded only where that is said', async t => {
  const folder = sandbox.at('failing')
  const refused = await baseline('update', dies, '--baselines', folder)
  t.equal(refused.status, 1)
  t.match(refused.stdout, /^refused .*one.*this guest fails \(--accept-failures .*panic/)
  t.notOk(sandbox.has('failing'))
  const taken = await baseline('update', dies, '--baselines', folder, '--accept-failures')
  t.match(taken, { status: 0, stdout: /^written .*one.*: of a guest that fails/ })
})

t.test('of clocks that have not settled nothing is written, and nothing compared', async t => {
  const folder = sandbox.at('unsettled')
  const unsettled = [banner, report(everyRecord), end]
  const nothing = await baseline('update', unsettled, '--baselines', folder)
  t.equal(nothing.status, 3)
  t.match(nothing.stdout, /^error .*one.*the clock sources had not settled.*nothing is written/)
  t.notOk(sandbox.has('unsettled'))
  await baseline('update', reported, '--baselines', folder)
  const check = await baseline('check', unsettled, '--baselines', folder)
  t.equal(check.status, 3)
  t.match(check.stdout, /^error .*one.*had not settled.*all but the clocks is the same/)
  const other = everyRecord.filter(({ type }) => type !== layout.recordKmsg)
  const differs = await baseline('check', [banner, report(other), end], '--baselines', folder)
  t.equal(differs.status, 1)
  t.match(differs.stdout, /^differs .*one[^]*^ {2}- hypervisor KVM$/m)
})

t.test('two kernels of one series: one baseline, and a conflict is said', async t => {
  const other = sandbox.write('other', bzImage({ banner: '6.1.9 (a@b) #2 SMP' }))
  const folder = sandbox.at('series')
  const both = ['--baselines', folder, '--kernel', other]
  const same = await baseline('update', reported, ...both)
  t.equal(same.status, 0)
  t.equal(same.stdout.split('\n').filter(line => line.includes('one.txt')).length, 1)
  t.same(readdirSync(folder), ['6.1'])
})

t.test('the first kernel of a series stands, and how the next one differs is told', t => {
  const folder = sandbox.at('conflict')
  const settle = (mode: 'update' | 'check', record: GuiseRecord, settler = settling(mode)) => {
    const { state, text } = settler.settle(record)
    return { status: statuses[state], text }
  }
  const settling = (mode: 'update' | 'check') =>
    new BaselineSettler({
      mode,
      baselines: folder,
      acceptFailures: false,
      acceptCommand: () => null,
    })
  const update = settling('update')
  const { kernel } = exampleRecord()
  t.match(settle('update', exampleRecord(), update), { status: 0, text: /^written/ })
  const next = { ...kernel, version: '6.1.192', release: '6.1.0-56-cloud-amd64' }
  t.same(settle('update', exampleRecord({ kernel: next }), update), { status: 0, text: '' })
  const other = exampleRecord({ kernel: next, clockevents: ['hpet'] })
  const { status, text } = settle('update', other, update)
  t.equal(status, 1)
  t.match(text, /^conflict .*: it is 6\.1\.176 \(.*\)'s, from which 6\.1\.192 \(.*\) differs\n/)
  t.match(text, /^ {2}\+ clockevent hpet\n {2}- clockevent lapic$/m)
  t.match(settle('check', exampleRecord()), { status: 0 }, 'it is as it was')
  t.end()
})

t.test('the records of a run stand for a run', async t => {
  const folder = sandbox.at('of-a-run')
  const file = sandbox.writeScenarios({ one: { steps: reported, yaml: 'expect: [{}]' } })
  const kernel = ['--kernel', sandbox.kernel]
  const results = sandbox.at('results')
  const run = await sandbox.exec([
    ...sandbox.command('run', file, ...fake, ...kernel),
    ...['--output', results],
  ])
  t.equal(run.status, 0, run.stderr)
  const of = (mode: string, ...more: readonly string[]) =>
    sandbox.exec([
      ...sandbox.command('baseline', mode, '--run', results, '--baselines', folder),
      ...more,
    ])
  t.match(await of('check'), { status: 1, stdout: /^missing .*one\.txt[^]*--run /m })
  t.match(await of('update'), { status: 0, stdout: /^written .*one\.txt: new$/m })
  t.match(await of('check'), { status: 0, stdout: /^same .*one\.txt\n1 same$/m })
  t.match(await of('check', 'hyperv'), {
    status: 2,
    stderr: /^guise: hyperv: expected a scenario of the run .*results, got none that it has$/m,
  })
  t.match(await of('check', file, 'hyperv'), { status: 2, stdout: '' })
  t.match(await of('check', '--filter', 'name = hyperv'), { status: 2, stderr: /--filter name = / })
  for (const options of [kernel, ['--accel', 'tcg'], ['--jobs', '1'], ['--clock', 'real']]) {
    t.match(await of('check', ...options), {
      status: 2,
      stderr: new RegExp(`^guise: ${options[0] ?? ''}: expected none beside --run`, 'm'),
    })
  }
  const made = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const path = join(folder, made.find(name => name.endsWith('.txt')) ?? '')
  writeFileSync(path, readFileSync(path, 'utf8').replace('hypervisor KVM', 'hypervisor Xen HVM'))
  const differs = await of('check')
  t.match(
    differs.stdout,
    /^differs .*one\.txt: hypervisor\n {2}- hypervisor Xen HVM\n {2}\+ hypervisor KVM\n/m,
  )

  sandbox.write(join('of-a-run', 'ignore.yaml'), "- { facts: 'hypervisor *', reason: ours }\n")
  const ignored = await of('check')
  t.match(ignored, {
    status: 0,
    stdout:
      /^same .*one\.txt\n {2}ignored: 2 differences: - hypervisor Xen HVM and 1 more \(.*ignore\.yaml:1: ours\)$/m,
  })
  sandbox.write(
    join('of-a-run', 'ignore.yaml'),
    "- { facts: 'nothing *', scenarios: one, reason: ours }\n",
  )
  t.match(await of('check'), {
    status: 1,
    stdout: /^unused {3}.*ignore\.yaml:1: it ignored nothing \(ours\)$/m,
  })
  sandbox.write(
    join('of-a-run', 'ignore.yaml'),
    "- { facts: 'hypervisor *', scenarios: one, reason: ours, when: { kernel: '>=6.12' } }\n- { facts: x, scenarios: three, reason: ours }\n",
  )
  t.notMatch(await of('check'), { stdout: /unused/ }, 'of what is not checked here')
  sandbox.write(join('of-a-run', 'ignore.yaml'), '- { facts: x }\n')
  t.match(await of('check'), {
    status: 2,
    stderr: /ignore\.yaml:1:\d+: \[0\]\.reason: expected why/,
  })
})

t.test('a stale baseline is listed, and removed by update --prune alone', async t => {
  const folder = sandbox.at('stale')
  await baseline('update', reported, '--baselines', folder)
  const [path] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.txt'),
  )
  const old = join(folder, dirname(path ?? ''), 'gone-long-ago.txt')
  const moved = join(folder, dirname(dirname(path ?? '')), 'CentaurHauls', 'one.txt')
  writeFileSync(old, 'outcome reported\n')
  mkdirSync(dirname(moved))
  writeFileSync(moved, 'outcome reported\n')
  const check = await baseline('check', reported, '--baselines', folder)
  t.equal(check.status, 0)
  t.match(check.stdout, /^stale {4}.*gone-long-ago\.txt: there is no scenario gone-long-ago$/m)
  t.match(
    check.stdout,
    /^stale {4}.*CentaurHauls\/one\.txt: the guest's CPU vendor is another by now/m,
  )
  t.match(check.stdout, /baseline update` with --prune removes them$/m)
  t.ok(existsSync(old))
  const elsewhere = join(folder, '..', 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'no-scenario.txt'), 'ours')
  mkdirSync(join(folder, 'src/foo/bar'), { recursive: true })
  writeFileSync(join(folder, 'src/foo/bar/notes.txt'), 'ours')
  symlinkSync(elsewhere, join(folder, dirname(dirname(path ?? '')), 'Linked'))
  const [dead, young] = ['dead', 'young'].map((name, index) => {
    const left = join(folder, dirname(path ?? ''), `${name}.txt.${index + 1}.0123abcd.tmp`)
    writeFileSync(left, 'half')
    return left
  })
  utimesSync(dead ?? '', 0, 0)
  const pruned = await baseline('update', reported, '--baselines', folder, '--prune')
  t.same(
    [dead, young].map(left => existsSync(left ?? '')),
    [false, true],
    'of a killed update',
  )
  t.equal(readFileSync(join(elsewhere, 'no-scenario.txt'), 'utf8'), 'ours')
  t.equal(readFileSync(join(folder, 'src/foo/bar/notes.txt'), 'utf8'), 'ours')
  t.match(await baseline('check', reported, '--baselines', ''), {
    status: 2,
    stderr: 'guise: --baselines: expected a folder, got nothing\n',
  })
  t.match(pruned.stdout, /^removed {2}.*gone-long-ago/m)
  t.notOk(existsSync(old) || existsSync(moved))
  t.ok(existsSync(join(folder, path ?? '')))
})

t.test('what lies beside a scenario that was asked for is not stale', async t => {
  const folder = sandbox.at('beside')
  const yaml = 'expect: [{}]'
  const steps = reported
  const file = sandbox.writeScenarios({ one: { steps, yaml }, two: { steps, yaml } })
  const words = [...fake, '--kernel', sandbox.kernel, '--baselines', folder]
  const update = (...more: string[]) =>
    sandbox.exec([...sandbox.command('baseline', 'update', ...more), ...words])
  t.match((await update(file)).stdout, /^2 written$/m)
  const pruned = await update(`${file}:one`, '--prune')
  t.match(pruned, { status: 0, stdout: /^same .*one\.txt\n1 same$/m })
  // Of the catalogue alone, too: the baselines name the file that their scenarios are in.
  const elsewhere = await update('tcg', '--prune')
  t.notMatch(elsewhere.stdout, /removed|stale/)
  sandbox.writeScenarios({ one: { steps, yaml } })
  const gone = await update('tcg', '--prune')
  t.match(gone.stdout, /^removed {2}\S*two\.txt: \S+scenarios\.yaml has no scenario two$/m)
  t.notMatch(gone.stdout, /removed .*one\.txt/)
  sandbox.write('scenarios.yaml', 'name: [')
  t.notMatch(
    (await update('tcg', '--prune')).stdout,
    /removed/,
    'one that can’t be read is no reason',
  )
  rmSync(file)
  t.match((await update('tcg', '--prune')).stdout, /^removed {2}\S*one\.txt: there is no file /m)
})

t.test('what is left out is said', async t => {
  const { stdout, status } = await sandbox.exec(sandbox.command('baseline', 'rules'))
  t.equal(status, 0)
  t.match(stdout, /^normalised {2}address: where something lies in memory/m)
})
