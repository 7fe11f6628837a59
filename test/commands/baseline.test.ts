import { readdirSync } from 'node:fs'
import t from 'tap'
import * as layout from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { bzImage } from '../images/kernel/synthetic.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { settling } from '../../runner/commands/settle-baseline.js'
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
    /^missing .*one.*not in guise-baselines.*`guise baseline update` makes it/,
  )
  t.match(await baseline('update', reported), { status: 0, stdout: /^written .*one/ })
  t.ok(sandbox.has('work', 'guise-baselines'))
  t.match(await baseline('update', reported), { status: 0, stdout: /^same .*one/ })
  t.match(await baseline('check', reported), { status: 0, stdout: /^same .*one/ })
  const differs = await baseline('check', dies)
  t.equal(differs.status, 1)
  t.match(differs.stdout, /^differs .*one[^]*^-.*reported[^]*^\+.*panic/m)
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
  t.match(differs.stdout, /^differs .*one[^]*^-hypervisor KVM$/m)
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
  const settle = settling('update', folder, false)
  const { kernel } = exampleRecord()
  t.match(settle(exampleRecord()), { status: 0, text: /^written/ })
  const next = { ...kernel, version: '6.1.192', release: '6.1.0-56-cloud-amd64' }
  t.same(settle(exampleRecord({ kernel: next })), { status: 0, text: '' })
  const { status, text } = settle(exampleRecord({ kernel: next, clockevents: ['hpet'] }))
  t.equal(status, 1)
  t.match(text, /^conflict .*: it is 6\.1\.176 \(.*\)'s, from which 6\.1\.192 \(.*\) differs\n/)
  t.match(text, /^-clockevent lapic\n\+clockevent hpet$/m)
  t.match(settling('check', folder, false)(exampleRecord()), { status: 0 }, 'it is as it was')
  t.end()
})
