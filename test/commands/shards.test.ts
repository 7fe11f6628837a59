import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { completeMarker, recordNote } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { parseKtap } from '../report/ktap-parser.js'
import { bzImage, debianBanner } from '../images/kernel/synthetic.js'

t.setTimeout(300_000)

const sandbox = await Sandbox.create(t)
const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const settled = { type: recordNote, payload: 'clocksource-settled=yes' }
const steps = [kernel, report([...everyRecord, settled]), { print: `${completeMarker}\r\n` }]
const panic = [kernel, { print: '[    1.000000] Kernel panic - not syncing: x\r\n' }]
const names = ['a', 'b', 'c', 'd', 'e']
const scenarios = sandbox.writeScenarios(
  Object.fromEntries(names.map(name => [name, { steps: name === 'c' ? panic : steps }])),
)
const other = sandbox.write('other', bzImage({ banner: debianBanner.replace('#1', '#2') }))
const fake = ['--accel', 'tcg', '--qemu', fakeQemu]
const both = ['--kernel', sandbox.kernel, '--kernel', other]

const run = (output: string, ...words: string[]) =>
  sandbox.guise('run', scenarios, ...fake, ...both, '--output', sandbox.at(output), ...words)
const merge = (output: string, ...parts: string[]) =>
  sandbox.guise('merge', ...parts.map(part => sandbox.at(part)), '--output', sandbox.at(output))

/** All records of a results folder by their path, without what is measured and where it lies. */
function records(output: string): Record<string, unknown> {
  const folder = sandbox.at(output)
  const found = readdirSync(folder, { recursive: true })
    .map(String)
    .filter(name => name.endsWith('.json') && name !== 'run.json')
    .sort()
  return Object.fromEntries(
    found.map(name => {
      const record = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>
      const { scenario, verdict, why, kernel, cpuid, interfaces } = record
      return [name, { scenario, verdict, why, kernel, cpuid, interfaces }]
    }),
  )
}

const manifestOf = (output: string) =>
  JSON.parse(sandbox.read(join(output, 'run.json'))) as Record<string, unknown>

t.test('three shards are the whole', async t => {
  t.equal((await run('whole')).status, 1)
  for (const index of [1, 2, 3]) {
    const { stderr } = await run(`shard-${index}`, '--shard', `${index}/3`)
    t.match(stderr, new RegExp(`shard ${index} of 3: [34] of 10 guests`))
  }
  const { status, stderr } = await merge('merged', 'shard-2', 'shard-3', 'shard-1')
  t.equal(status, 0, stderr)
  t.match(stderr, /10 records of 3 runs are in /)
  t.same(records('merged'), records('whole'))
  t.same(manifestOf('merged').kernels, manifestOf('whole').kernels)
  t.same(manifestOf('merged').scenarios, manifestOf('whole').scenarios)
  t.match(manifestOf('merged'), { ended: /Z$/ })
  const text = (folder: string) => sandbox.guise('report', sandbox.at(folder), '--format', 'ktap')
  t.equal(
    (await text('merged')).stdout.replaceAll('/merged/', '/whole/'),
    (await text('whole')).stdout,
  )
  t.match((await text('merged')).stdout, /# console: .*Kernel panic/)
  const matrix = await sandbox.guise('matrix', sandbox.at('merged'))
  t.equal(matrix.status, 1)
  t.ok(
    existsSync(sandbox.at('merged', readdirSync(sandbox.at('merged'))[0] ?? '', 'c.console.log')),
  )
  t.match(await sandbox.guise('run', '--resume', sandbox.at('merged')), {
    status: 1,
    stderr: /nothing is left/,
  })
})

t.test('parts take as long by what guests took', async t => {
  const costs = sandbox.at('costs')
  cpSync(sandbox.at('whole'), costs, { recursive: true })
  for (const name of Object.keys(records('costs'))) {
    const path = join(costs, name)
    const record = JSON.parse(readFileSync(path, 'utf8')) as { timing: object; scenario: string }
    const timing = { ...record.timing, total: record.scenario === 'e' ? 90_000 : 10_000 }
    writeFileSync(path, JSON.stringify({ ...record, timing }))
  }
  const counts = []
  for (const index of [1, 2, 3]) {
    const { stderr } = await run(`even-${index}`, '--shard', `${index}/3`, '--costs', costs)
    counts.push(/: (\d+) of 10/.exec(stderr)?.[1])
  }
  t.same(counts, ['1', '1', '8'], 'two are as long as eight')
  t.equal((await merge('even', 'even-1', 'even-2', 'even-3')).status, 0)
  const mixed = await merge('never', 'even-1', 'shard-2')
  t.equal(mixed.status, 2)
  t.match(
    mixed.stderr,
    /expected a part of the same run, a shard of 3, division \w{8} as in .*got a shard of 3, division/,
  )
  t.notOk(sandbox.has('never'))
})

t.test('a shard that is not there is told, and no whole', async t => {
  const { status, stderr } = await merge('two', 'shard-1', 'shard-3')
  t.equal(status, 3)
  t.match(stderr, /not there: shard 2 of 3, and the records of its guests/)
  t.match(manifestOf('two'), { ended: null, lacks: { shards: [2], count: 3 } })
  const { guests } = manifestOf('two').lacks as { guests: number }
  t.equal(Object.keys(records('two')).length + guests, 10, 'as many as the whole has')
  const reported = async (format: string) =>
    (await sandbox.guise('report', sandbox.at('two'), '--format', format)).stdout
  t.match(await reported('tap'), /^Bail out! Shard 2 of 3 is not there\.$/m)
  const ktap = await reported('ktap')
  t.throws(() => parseKtap(ktap), /planned \d+, got \d+/)
  t.match(ktap, `${guests} of 10 have no record: shard 2 of 3 is not there`)
  t.match(
    await reported('junit'),
    `shard 2 of 3 is not there: ${guests} of 10 guests have no record`,
  )
  t.match(await reported('markdown'), `**Not whole**: ${guests} of 10 guests`)
  t.match(
    await reported('kcidb'),
    `shard 2 of 3 is not there: ${guests} of 10 guests have no record`,
  )
  t.match(await reported('text'), `; ${guests} of 10 have no record: shard 2 of 3 is not there`)
  t.match(await reported('html'), `${guests} guests have no record: shard 2 of 3 is not there`)
  // All that reads a run says so, and none of it ends well. Of the scenarios that there are, none fails.
  cpSync(sandbox.at('two'), sandbox.at('good'), { recursive: true })
  for (const name of Object.keys(records('good'))) {
    const { verdict } = records('good')[name] as { verdict: string }
    if (verdict !== 'pass') rmSync(sandbox.at('good', name))
  }
  const manifest = { ...manifestOf('good'), ended: new Date().toISOString(), notRun: 10 }
  writeFileSync(sandbox.at('good/run.json'), JSON.stringify(manifest))
  const good = sandbox.at('good')
  const lacks = /have? no record: shard 2 of 3 is not there|has no record: shard 2 of 3 is not/
  t.match(await sandbox.guise('matrix', good), { status: 3, stderr: lacks })
  t.match(await sandbox.guise('matrix', good, '--format', 'tap'), {
    stdout: /^Bail out! Shard 2 of 3 is not there\.$/m,
  })
  t.match(await sandbox.guise('compare', good, good), { status: 3, stderr: lacks })
  const [one] = Object.values(records('good')) as { scenario: string }[]
  const baselines = [
    `${scenarios}:${one?.scenario ?? ''}`,
    '--run',
    good,
    '--baselines',
    sandbox.at('baselines'),
  ]
  await sandbox.guise('baseline', 'update', ...baselines)
  const check = await sandbox.guise('baseline', 'check', ...baselines)
  t.equal(check.status, 3, check.stdout)
  t.match(check.stderr, /good: shard 2 of 3 is not there/)
  t.match(await sandbox.guise('run', '--resume', sandbox.at('two')), {
    status: 2,
    stderr: /got one that lacks shard 2 of 3: run it by --shard, and merge them anew/,
  })
})

t.test('a shard of no guest comes to a good end, and is a part of the whole', async t => {
  const all = await Promise.all(
    [1, 2, 3].map(index =>
      sandbox.guise(
        'run',
        ...[`${scenarios}:a`, `${scenarios}:b`, ...fake, '--shard', `${index}/3`],
        ...['--kernel', sandbox.kernel, '--output', sandbox.at(`few-${index}`)],
      ),
    ),
  )
  t.same(
    all.map(({ status }) => status),
    [0, 0, 0],
  )
  t.match(all[2]?.stderr, /shard 3 of 3: 0 of 2 guests/)
  t.equal((await merge('few', 'few-1', 'few-2', 'few-3')).status, 0)
  t.equal(Object.keys(records('few')).length, 2)
})

t.test('runs on different kernels, and what makes no whole', async t => {
  const alone = (output: string, image: string, ...more: string[]) =>
    sandbox.guise(
      'run',
      `${scenarios}:a`,
      ...fake,
      '--kernel',
      image,
      '--output',
      sandbox.at(output),
      ...more,
    )
  await alone('one', sandbox.kernel)
  await alone('two-kernels', other)
  t.equal((await merge('kernels', 'one', 'two-kernels')).status, 0)
  t.equal(Object.keys(records('kernels')).length, 2, 'in folders of their own')
  await alone('real', other, '--clock', 'real')
  mkdirSync(sandbox.at('full/x'), { recursive: true })
  cpSync(sandbox.at('two-kernels'), sandbox.at('cut'), { recursive: true })
  for (const name of Object.keys(records('cut'))) rmSync(sandbox.at('cut', name))
  const lacking = await merge('lacking', 'one', 'cut')
  t.equal(lacking.status, 3)
  t.match(lacking.stderr, /1 guest of these runs has no record/)
  const inside = await merge('one/sub', 'one')
  t.match(inside, {
    status: 2,
    stderr: /one\/sub: expected a folder outside of .*one, got one in it/,
  })
  const nowhere = await sandbox.guise('merge', sandbox.at('one'), '--output', '')
  t.match(nowhere, { status: 2, stderr: /--output: expected a folder, got an empty path/ })
  for (const [words, message] of [
    [['one', 'real'], /real: expected clock null as in .*one, got real/],
    [
      ['one', 'whole'],
      /whole: expected guests that no other run has, got a on 6\.1\.192, as in .*one/,
    ],
    [['one', 'one'], /one: expected each folder once, got it twice/],
    [['one', 'shard-1'], /expected a part of the same run, no shard as in .*, got a shard of 3/],
    [['tmp'], /expected the results of `guise run`, got no run\.json there/],
  ] as const) {
    const { status, stderr } = await merge('never', ...words)
    t.equal(status, 2, words.join(' '))
    t.match(stderr, message)
    t.notOk(sandbox.has('never'))
  }
  const full = await merge('full', 'one')
  t.equal(full.status, 2)
  t.match(full.stderr, /expected a folder that is new or empty, got one with something in it/)
  for (const [words, message] of [
    [['--shard', '4/3'], /expected a part of how many, such as 2\/3, got `4\/3`/],
    [['--shard', '0/3'], /got `0\/3`/],
    [['--costs', sandbox.at('whole')], /--costs: expected --shard beside it/],
    [
      ['--shard', '1/2', '--costs', sandbox.at('tmp')],
      /--costs .*: expected the records of a run, got none/,
    ],
  ] as const) {
    const { status, stderr } = await run('never', ...words)
    t.equal(status, 2, words.join(' '))
    t.match(stderr, message)
  }
})
