import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { startLocalGuest } from '../../runner/console/local-guest.js'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { finalJudgement } from '../../runner/judge/assess.js'
import { NestedHostLostError } from '../../runner/launch/nested/lost.js'
import { GuestRunner } from '../../runner/run/guest-runner.js'
import { planScenario } from '../../runner/plan/plan.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { fakeParameter, fakeQemu, type FakeStep, report } from '../fixtures/fake-guest.js'
import { parseScenario } from '../fixtures/scenario.js'

const banner: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const comesUp: FakeStep[] = [banner, report(everyRecord), { print: `${completeMarker}\r\n` }]
const panics: FakeStep[] = [{ print: '[    1.000000] Kernel panic - not syncing: chance\r\n' }]
const oopses: FakeStep[] = [
  banner,
  { print: '[    1.000000] Oops: 0000 [#1] SMP\r\nRIP: 0010:die_here+0x1/0x2\r\n' },
]

const ignore = () => undefined

/** What comes of a guest under KVM that does `quiet` on a quiet console, and `full` with its whole log on it. */
async function runBoth(t: Test, quiet: readonly FakeStep[], full: readonly FakeStep[]) {
  const steps = [{ ifQuiet: quiet }, ...full]
  const plan = planScenario(parseScenario(`kernel: { cmdline: [${fakeParameter(steps)}] }`), {
    kernel: { version: '6.1.0', config: null },
    accelerator: 'kvm',
    qemuVersion: '7.2.22',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  t.equal(plan.verbosity, 'quiet')
  const { signal } = new AbortController()
  const files = { kernel: '/no/kernel', initramfs: '/no/initramfs', sandbox: true, override: null }
  const consoleLog = join(t.testdir({}), 'x.console.log')
  let alone = 0
  const limit = {
    alone: <T>(act: () => Promise<T>) => {
      alone += 1
      return act()
    },
  }
  const runner = new GuestRunner({
    starterFor: () => Promise.resolve(startLocalGuest),
    limit,
    signal,
    onNote: ignore,
  })
  const { counted, reruns } = await runner.run(plan, { ...files, qemu: [fakeQemu], consoleLog })
  if (counted === null) throw new Error('no run counts')
  return {
    outcome: counted.guest.ending.outcome,
    judgement: finalJudgement(counted),
    console: readFileSync(counted.consoleLog, 'latin1'),
    reruns,
    alone,
    kept: readdirSync(dirname(consoleLog)).sort(),
  }
}

t.test('a death that comes by chance counts, although the next run comes up', async t => {
  const found = await runBoth(t, panics, comesUp)
  t.equal(found.outcome, 'panic')
  t.equal(found.judgement.verdict, 'fail')
  t.same(found.judgement.why, [
    'expected outcome reported, got panic: Kernel panic - not syncing: chance',
    'run again with its whole log on the console, it came up; the first run counts',
  ])
  t.same(found.reruns, ['it ended without a report on a quiet console (panic)'])
  t.match(found.console, 'chance', 'its own console is the one that is shown')
})

t.test('the last words of a guest that dies again are what is judged', async t => {
  const found = await runBoth(t, panics, oopses)
  t.equal(found.outcome, 'oops')
  t.equal(found.judgement.verdict, 'fail')
  t.same(
    found.judgement.unmet?.map(({ field }) => field),
    ['outcome'],
  )
  t.equal(found.judgement.why.length, 1)
  t.match(found.console, 'die_here')
})

t.test('a starved guest that dies of a late timer is run again twice, and no more', async t => {
  const dies: FakeStep[] = [
    { stop: 300 },
    { print: "[    1.000000] Kernel panic - not syncing: IO-APIC + timer doesn't work!\r\n" },
  ]
  const found = await runBoth(t, dies, dies)
  t.equal(found.outcome, 'panic')
  t.equal(found.reruns.length, 2)
  t.equal(found.alone, 2, 'with no guest beside it')
  t.same(
    found.kept,
    ['x.console.1.log', 'x.console.2.log', 'x.console.log'],
    'the console of each run is kept',
  )
  t.equal(found.judgement.verdict, 'error', 'which is no failure of the kernel’s')
})

/** What comes of a nested guest whose host is lost `times` times before it starts one that plays `steps`. */
async function runWithLosses(t: Test, times: number, steps: readonly FakeStep[]) {
  const scenario = parseScenario(`kernel: { cmdline: [${fakeParameter(steps)}] }`)
  const plan = planScenario(scenario, {
    kernel: { version: '6.1.0', config: null },
    accelerator: 'nested',
    qemuVersion: '10.0.13',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  const notes: string[] = []
  let starts = 0
  const runner = new GuestRunner({
    starterFor: () => {
      starts += 1
      if (starts <= times) return Promise.reject(new NestedHostLostError('its QEMU ended: SIGKILL'))
      return Promise.resolve(startLocalGuest)
    },
    limit: { alone: () => Promise.reject(new Error('alone')) },
    signal: new AbortController().signal,
    onNote: text => notes.push(text),
  })
  const files = { kernel: '/no/kernel', initramfs: '/no/initramfs', sandbox: true, override: null }
  const consoleLog = join(t.testdir({}), 'x.console.log')
  return { ...(await runner.run(plan, { ...files, qemu: [fakeQemu], consoleLog })), notes, starts }
}

const lostWhy = 'the nested host was lost and started again: its QEMU ended: SIGKILL'

t.test('a guest that loses its host once is run again in the next', async t => {
  const { counted, reruns, notes } = await runWithLosses(t, 1, comesUp)
  t.equal(counted?.guest.ending.outcome, 'reported')
  t.same(reruns, [lostWhy])
  t.same(notes, [`running test again: ${lostWhy}`])
})

t.test('a guest that loses three hosts is given up', async t => {
  const { counted, reruns, starts } = await runWithLosses(t, Infinity, comesUp)
  t.equal(counted, null)
  t.same(reruns, [lostWhy, lostWhy, lostWhy])
  t.equal(starts, 3)
})
