import t from 'tap'
import { assess, finalJudgement } from '../../runner/judge/assess.js'
import { planScenario } from '../../runner/plan/plan.js'
import type { GuestReport } from '../../runner/console/protocol/report.js'
import type { GuestRun } from '../../runner/console/run-to-end.js'
import { parseScenario } from '../fixtures/scenario.js'
import { judgedRun, starved } from './judged-run.js'

function planOf(yaml: string) {
  const plan = planScenario(parseScenario(yaml), {
    kernel: { version: '6.1.192', config: null },
    accelerator: 'tcg',
    qemuVersion: '7.2.22',
    clock: 'real',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  return plan
}

const line = 'Hypervisor detected: KVM'

const report: GuestReport = {
  complete: true,
  problems: [],
  cpus: [],
  kmsg: [
    { facility: 0, level: 6, sequence: 0, timestampUs: 0, continuation: false, text: line },
    {
      facility: 0,
      level: 6,
      sequence: 1,
      timestampUs: 0,
      continuation: false,
      text: 'Booting paravirtualized kernel on KVM',
    },
  ],
  files: new Map(),
  devices: [],
  notes: new Map(),
  svga: null,
}

function guestRun(changes: Partial<GuestRun>): GuestRun {
  return {
    command: { environment: {}, argv: [] },
    verbosity: 'full',
    endedBy: 'report',
    exit: {} as GuestRun['exit'],
    picture: null,
    ending: {
      outcome: 'reported',
      reason: 'because',
      diedIn: null,
      stuckIn: null,
      lostReport: false,
    },
    console: Buffer.from(''),
    report,
    counts: [],
    load: null,
    hadCompany: false,
    timing: { firstByte: 1, marker: 2, total: 3 },
    look: null,
    ...changes,
  }
}

t.test('a guest that reports is judged by its report', t => {
  const seen = assess(planOf('expect: [{ hypervisor: KVM, paravirt: KVM }]'), guestRun({}))
  t.equal(seen.judgement.verdict, 'pass')
  t.same(seen.observation.log, [line, 'Booting paravirtualized kernel on KVM'])
  t.equal(seen.observation.applied, true)
  t.same(seen.timing, { firstByte: 1, marker: 2, total: 3 })
  t.end()
})

t.test('one whose report is not whole is judged by its console', t => {
  const console = Buffer.from(`[    0.000000] ${line}\n[    1.000000] caf\xc3\xa9\n`, 'latin1')
  const ending = {
    outcome: 'panic',
    reason: 'Kernel panic - not syncing: no init',
    diedIn: null,
    stuckIn: null,
    lostReport: false,
  } as const
  const changes = { console, ending, report: { ...report, complete: false } }
  const plan = planOf('expect: [{ outcome: panic, hypervisor: KVM }]')
  const { judgement, observation } = assess(plan, guestRun(changes))
  t.equal(judgement.verdict, 'pass')
  t.equal(observation.applied, null)
  t.same(observation.log, [line, 'caf\xe9'])
  t.end()
})

const counted = (expect: string, changes: Parameters<typeof judgedRun>[1] = {}) => {
  const guest = { ...guestRun({}), ...judgedRun(expect, changes) }
  return { plan: planOf(''), guest, consoleLog: '/console' }
}
const onHpet = { clocksource: { current: 'hpet', available: ['hpet'], settled: true } }

t.test('a failure stays one, unless this machine brought it about', t => {
  const failed = finalJudgement(counted('clocksource: { current: tsc }', onHpet))
  t.equal(failed.verdict, 'fail')
  t.same(failed.why, ['expected current clocksource tsc, got hpet'])
  const busy = counted('clocksource: { current: tsc }', { ...onHpet, load: starved })
  const error = finalJudgement(busy)
  t.equal(error.verdict, 'error')
  t.same(error.why, [
    'this machine was too busy for it; it waited 42 % of its time for a CPU, 68 ms at a stretch',
    'expected current clocksource tsc, got hpet',
  ])
  t.equal(error.unmet?.length, 1, 'what was not met is still told')
  t.end()
})

t.test('what could not be measured excuses nothing, and is told', t => {
  const unmeasured = { ...onHpet, load: null }
  const failed = finalJudgement(counted('clocksource: { current: tsc }', unmeasured))
  t.equal(failed.verdict, 'fail')
  t.same(failed.why, [
    'expected current clocksource tsc, got hpet',
    'how long it waited for a CPU could not be measured: this machine may have been too busy for it',
  ])
  const lost = finalJudgement(counted('hypervisor: KVM', unmeasured))
  t.same(lost.why, ['expected hypervisor KVM, got none'], 'where that makes no difference')
  t.same(finalJudgement(counted('', { load: null })).why, [], 'a pass needs no excuse')
  t.end()
})

t.test('a run after it that does not count is told', t => {
  const run = counted('')
  t.same(finalJudgement(run).why, [])
  t.same(finalJudgement({ ...run, passedOver: run.guest }).why, [
    'run again with its whole log on the console, it came up; the first run counts',
  ])
  t.same(finalJudgement({ ...run, passedOver: null }).why, [
    'run again with its whole log on the console, the nested host was lost; the first run counts',
  ])
  t.end()
})
