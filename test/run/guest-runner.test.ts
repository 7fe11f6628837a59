import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { finalJudgement } from '../../runner/judge/assess.js'
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
async function attend(t: Test, quiet: readonly FakeStep[], full: readonly FakeStep[]) {
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
  const runner = new GuestRunner({ jobs: 1, signal, onNote: ignore, onSetup: ignore })
  const { counted, reruns } = await runner.attend(
    plan,
    { ...files, qemu: fakeQemu, consoleLog },
    signal,
  )
  if (counted === null) throw new Error('no run counts')
  return {
    outcome: counted.guest.ending.outcome,
    judgement: finalJudgement(counted),
    console: readFileSync(counted.consoleLog, 'latin1'),
    reruns,
  }
}

t.test('a death that comes by chance counts, although the next run comes up', async t => {
  const found = await attend(t, panics, comesUp)
  t.match(found, {
    outcome: 'panic',
    judgement: {
      verdict: 'fail',
      why: [
        'expected outcome reported, got panic: Kernel panic - not syncing: chance',
        'run again with its whole log on the console, it came up; the first run counts',
      ],
    },
    reruns: ['it ended without a report on a quiet console (panic)'],
  })
  t.match(found.console, 'chance', 'its own console is the one that is shown')
})

t.test('the last words of a guest that dies again are what is judged', async t => {
  const found = await attend(t, panics, oopses)
  t.match(found, { outcome: 'oops', judgement: { verdict: 'fail', unmet: [{ field: 'outcome' }] } })
  t.equal(found.judgement.why.length, 1)
  t.match(found.console, 'die_here')
})

t.test('a guest that dies of a late timer is run again twice, and no more', async t => {
  const dies: FakeStep[] = [
    { print: "[    1.000000] Kernel panic - not syncing: IO-APIC + timer doesn't work!\r\n" },
  ]
  const found = await attend(t, dies, dies)
  t.equal(found.outcome, 'panic')
  t.equal(found.reruns.length, 2)
  t.match(found.judgement.verdict, /^(?:fail|error)$/, 'by how busy this machine is')
})
