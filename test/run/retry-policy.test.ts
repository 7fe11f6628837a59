import t from 'tap'
import { type AssessedGuest, finalJudgement } from '../../runner/judge/assess.js'
import { NestedHostLostError } from '../../runner/launch/nested/lost.js'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import { type Plan, planScenario } from '../../runner/plan/plan.js'
import { nextStep, type PastRun } from '../../runner/run/retry-policy.js'
import { parseScenario } from '../fixtures/scenario.js'
import { judgedRun, type RunChanges, starved } from '../judge/judged-run.js'

function planFor(accelerator: Accelerator): Plan {
  const kernel = { version: '6.1.0', config: null }
  const plan = planScenario(parseScenario(''), { kernel, accelerator, qemuVersion: '10.0.13' })
  if ('skip' in plan) throw new Error(plan.skip)
  return plan
}

const nested = planFor('nested')
const full: Plan = { ...nested, verbosity: 'full' }
const tcg = planFor('tcg')

function ran(plan: Plan, changes: RunChanges = {}, consoleLog = 'x.console.log'): PastRun {
  const timing = { firstByte: null, marker: null, total: 3000 }
  return { plan, result: { ...judgedRun('', changes), timing } as AssessedGuest, consoleLog }
}

const lost = (plan = nested): PastRun => ({
  plan,
  result: new NestedHostLostError('its QEMU ended: SIGKILL\nits console: (nothing)'),
  consoleLog: 'x.console.log',
})
const lostWhy = 'the nested host was lost and started again: its QEMU ended: SIGKILL'
const panic: RunChanges = { ending: { outcome: 'panic', reason: 'Kernel panic - not syncing: x' } }
const onHpet = { current: 'hpet', available: ['hpet'], settled: true }
// On virtual time a deadline counts no wait for a CPU but for a stolen one.
const late: RunChanges = {
  ending: { outcome: 'hang' },
  endedBy: 'silence',
  load: { ...starved, stolen: 0.5 },
}

t.test('a guest that comes up counts at once', t => {
  const run = ran(nested)
  t.same(nextStep([run]), {
    counted: { plan: nested, guest: run.result, consoleLog: 'x.console.log' },
    reruns: [],
  })
  t.end()
})

t.test('a guest whose nested host is lost is run again as it was', t => {
  t.same(nextStep([lost()]), { why: lostWhy, plan: nested, alone: false })
  const run = ran(nested)
  t.same(nextStep([lost(), run]), {
    counted: { plan: nested, guest: run.result, consoleLog: 'x.console.log' },
    reruns: [lostWhy],
  })
  t.end()
})

t.test('one that loses three has no run that counts, and says so of each', t => {
  t.match(nextStep([lost(), lost()]), { why: lostWhy })
  t.same(nextStep([lost(), lost(), lost()]), {
    counted: null,
    reruns: [lostWhy, lostWhy, lostWhy],
  })
  t.end()
})

t.test('a death on a quiet console is run again with the whole log on it', t => {
  const died = ran(nested, panic, 'x.console.1.log')
  const again = nextStep([died])
  if ('counted' in again) return t.fail('it counts at once')
  const why = 'it ended without a report on a quiet console (panic)'
  t.match(again, { why, alone: false, plan: { verbosity: 'full' } })
  t.match(again.plan.commandLine, 'loglevel=8')
  t.ok(again.plan.deadlines.totalMs > nested.deadlines.totalMs, 'which takes its time')

  const words = ran(full, panic)
  t.same(nextStep([died, words]), {
    counted: { plan: full, guest: words.result, consoleLog: 'x.console.log' },
    reruns: [why],
  })

  const cameUp = nextStep([died, ran(full)])
  if (!('counted' in cameUp) || cameUp.counted === null) return t.fail('no run counts')
  t.equal(cameUp.counted.guest, died.result, 'a death by chance counts')
  t.equal(cameUp.counted.consoleLog, 'x.console.1.log')
  t.match(finalJudgement(cameUp.counted).why[1], 'it came up; the first run counts')

  const thenLost = nextStep([died, lost(full), lost(full)])
  t.same(thenLost, {
    counted: {
      plan: nested,
      guest: died.result,
      consoleLog: 'x.console.1.log',
      passedOver: null,
    },
    reruns: [why, lostWhy, lostWhy],
  })
  t.same(
    nextStep([lost(), lost(), died]),
    {
      counted: { plan: nested, guest: died.result, consoleLog: 'x.console.1.log' },
      reruns: [lostWhy, lostWhy],
    },
    'a death after two losses is the last run, and passes none over',
  )
  t.end()
})

t.test('a guest that this machine was too busy for is run again alone, and twice at most', t => {
  const again = nextStep([ran(tcg, late)])
  t.match(again, { alone: true, plan: tcg, why: 'this machine was too busy for it' })
  t.match(nextStep([ran(tcg, late), ran(tcg, late)]), { alone: true })
  const last = ran(tcg, late)
  const end = nextStep([ran(tcg, late), ran(tcg, late), last])
  if (!('counted' in end) || end.counted === null) return t.fail('no run counts')
  t.equal(end.counted.guest, last.result)
  t.equal(end.reruns.length, 2)
  t.equal(finalJudgement(end.counted).verdict, 'error', 'no failure of the kernel')
  t.end()
})

t.test('a failure that a busy machine cannot bring about is never run again', t => {
  const run = ran(tcg, { clocksource: onHpet, load: starved })
  const end = nextStep([run])
  t.match(end, { counted: { guest: run.result } })
  t.same('reruns' in end ? end.reruns : null, [])
  t.end()
})

t.test('a report that was lost on its way comes out on a serial port', t => {
  const run = ran(tcg, { ending: { outcome: 'reset', lostReport: true, reason: 'no device' } })
  t.match(nextStep([run]), { plan: { channel: 'serial' }, alone: false })
  t.end()
})

t.test('what QEMU cannot serve on virtual time is run on real time, which says why', t => {
  t.equal(tcg.clock.clock, 'virtual')
  const ending = { outcome: 'qemu-failed', reason: 'Bad icount read' } as const
  const step = nextStep([ran(tcg, { ending })])
  const why = 'QEMU cannot serve it on virtual time (Bad icount read)'
  t.match(step, { why, alone: false, plan: { clock: { clock: 'real', why } } })
  t.same(nextStep([ran({ ...tcg, clock: { clock: 'real', why } }, { ending })]), {
    counted: {
      plan: { ...tcg, clock: { clock: 'real', why } },
      guest: ran(tcg, { ending }).result,
      consoleLog: 'x.console.log',
    },
    reruns: [],
  })
  t.end()
})
