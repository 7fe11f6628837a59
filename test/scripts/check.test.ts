import { execa } from 'execa'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { checkout } from './checkout.js'

/** A stand-in for tap: prints the TAP of the file beside it, if asked for TAP, and ends with a status. */
const runner = (tier: string, status: number) =>
  `sh -c '[ "$1" = --reporter=tap ] && cat ${tier}.sample; exit ${status}' tap`

async function check(
  tiers: string[],
  taps: Record<string, string>,
  npmScripts = {},
  command = 'scripts/check',
) {
  await using folder = await checkout({
    'test:unit': runner('unit', 0),
    'test:faults': runner('faults', 0),
    'test:vm': runner('vm', 0),
    ...npmScripts,
  })
  for (const [tier, tap] of Object.entries(taps))
    await writeFile(join(folder.path, `${tier}.sample`), tap)
  const script = join(folder.path, command)
  const { exitCode, stdout, stderr } = await execa(script, tiers, { cwd: '/', reject: false })
  return { exitCode, stderr, last: stdout.split('\n').at(-1) }
}

const unit = 'TAP version 14\nok 1\nok 2\n1..2\n'
const faults = 'TAP version 14\nok 1\n1..1\n'
const vm = 'TAP version 14\nok 1\nok 2 # SKIP no KVM\n1..2\n'

t.test('all tiers by default, the count last, a time for each step', async t => {
  const { exitCode, last, stderr } = await check([], { unit, faults, vm })
  t.equal(exitCode, 0, stderr)
  t.equal(last, '7 passed, 0 failed, 1 skipped', 'three static steps, four tests, one skip')
  for (const step of [
    'set-up',
    'format',
    'lint',
    'types',
    'unit tests',
    'faults tests',
    'vm tests',
  ])
    t.match(stderr, new RegExp(`^check: ${step} passed in \\d+ s$`, 'm'))
})

t.test("CI's command is all of it", async t => {
  const { exitCode, last, stderr } = await check([], { unit, faults, vm }, {}, '.ci/run')
  t.equal(exitCode, 0, stderr)
  t.equal(last, '7 passed, 0 failed, 1 skipped')
})

t.test('one tier alone', async t => {
  const { exitCode, last, stderr } = await check(['unit'], { unit })
  t.equal(exitCode, 0, stderr)
  t.equal(last, '2 passed, 0 failed, 0 skipped')
})

t.test('a static step that fails shows its output, and the rest still runs', async t => {
  const lint = 'echo no-undef in line 7; exit 1'
  const { exitCode, last, stderr } = await check(['ci'], { unit, faults, vm }, { lint })
  t.equal(exitCode, 1)
  t.equal(last, '6 passed, 1 failed, 1 skipped')
  t.match(stderr, /no-undef in line 7\n(.*\n)*check: lint failed \(status 1\) in/)
})

for (const [signal, who] of [
  ['SIGTERM', 'to the script alone'],
  ['SIGINT', 'to all of its group'],
] as const) {
  t.test(`${signal} ${who} leaves none of what runs side by side`, async t => {
    const seconds = `${signal === 'SIGTERM' ? 7652 : 7651}.${process.pid}`
    await using folder = await checkout({ lint: `sleep ${seconds}`, types: `sleep ${seconds}` })
    const run = execa(join(folder.path, 'scripts/check'), ['static'], {
      reject: false,
      detached: true,
    })
    const sleeping = async () =>
      (await execa('pgrep', ['-fx', `sleep ${seconds}`], { reject: false })).stdout
    while ((await sleeping()).split('\n').length < 2) await setTimeout(20)
    const pid = run.pid ?? 0
    process.kill(signal === 'SIGTERM' ? pid : -pid, signal)
    t.equal((await run).exitCode, signal === 'SIGTERM' ? 143 : 130)
    while ((await sleeping()) !== '') await setTimeout(20)
  })
}

t.test('a test that fails is counted once', async t => {
  const failing = 'TAP version 14\nok 1\nnot ok 2\n1..2\n'
  const npmScripts = { 'test:unit': runner('unit', 1) }
  const { exitCode, last } = await check(['unit'], { unit: failing }, npmScripts)
  t.equal(exitCode, 1)
  t.equal(last, '1 passed, 1 failed, 0 skipped')
})

t.test('a runner that fails although its tests pass is a failure', async t => {
  const { exitCode, last } = await check(['unit'], { unit }, { 'test:unit': runner('unit', 1) })
  t.equal(exitCode, 1)
  t.equal(last, '2 passed, 1 failed, 0 skipped')
})

t.test('a runner that writes nothing is a failure, whatever its status', async t => {
  for (const command of ['true', 'false']) {
    const { exitCode, last } = await check(['unit'], {}, { 'test:unit': command })
    t.equal(exitCode, 1)
    t.equal(last, '0 passed, 1 failed, 0 skipped')
  }
})

t.test('a set-up that fails still ends with a count', async t => {
  await using folder = await checkout({ 'build:ts': 'echo no such type; exit 2' })
  await writeFile(join(folder.path, 'runner/new.ts'), '')
  const later = Date.now() / 1000 + 60
  await utimes(join(folder.path, 'runner/new.ts'), later, later)
  const script = join(folder.path, 'scripts/check')
  const { exitCode, stdout, stderr } = await execa(script, { reject: false })
  t.equal(exitCode, 1)
  t.equal(stdout, '0 passed, 1 failed, 0 skipped')
  t.match(stderr, 'no such type')
})

t.test('an unknown tier names the known ones', async t => {
  const { exitCode, stderr } = await check(['fast'], {})
  t.equal(exitCode, 2)
  t.match(stderr, "unknown tier 'fast'; the tiers are static, unit, faults, vm, and ci")
})
