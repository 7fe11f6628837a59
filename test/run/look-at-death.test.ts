import t from 'tap'
import { type AssessedGuest, type CountedRun, finalJudgement } from '../../runner/judge/assess.js'
import type { PlaceOfDeath } from '../../runner/observe/place-of-death.js'
import { planScenario } from '../../runner/plan/plan.js'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import type { Ending } from '../../runner/console/outcome.js'
import { deservesLook, placed, planToLook } from '../../runner/run/look-at-death.js'
import { parseScenario } from '../fixtures/scenario.js'
import { judgedRun } from '../judge/judged-run.js'

function counted(
  expect: string,
  ending: Partial<Ending>,
  accelerator: Accelerator = 'tcg',
): CountedRun {
  const plan = planScenario(parseScenario(`expect: [{ ${expect} }]`), {
    kernel: { version: '6.1.1', config: null },
    accelerator,
    qemuVersion: '7.2.22',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  const run = judgedRun(expect, { ending })
  // Nothing else of a guest is looked at.
  const guest = { ...run, console: Buffer.from('[    0.000000] Linux') } as unknown as AssessedGuest
  return { plan, guest, consoleLog: 'x.console.log' }
}

t.test('a guest that ended without a word is looked at, where it can be', t => {
  for (const outcome of ['hang', 'firmware-hang', 'reset'] as const)
    t.equal(deservesLook(counted('', { outcome })), true, outcome)
  for (const outcome of [
    'reported',
    'panic',
    'oops',
    'early-exception',
    'refused',
    'qemu-failed',
  ] as const)
    t.equal(deservesLook(counted('', { outcome })), false, `${outcome} has words of its own`)
  t.equal(deservesLook(counted('', { outcome: 'hang', lostReport: true })), false, 'it came up')
  t.equal(deservesLook(counted('', { outcome: 'hang' }, 'kvm')), true)
  t.equal(deservesLook(counted('', { outcome: 'reset' }, 'kvm')), false, 'nothing is left of it')
  t.equal(deservesLook(counted('', { outcome: 'hang' }, 'nested')), false)
  t.equal(deservesLook(counted('outcome: hang', { outcome: 'hang' })), true, 'though expected')
  t.equal(
    deservesLook(counted('outcome: firmware-hang', { outcome: 'firmware-hang' })),
    false,
    'as expected',
  )
  const slow = counted('', { outcome: 'hang' })
  const load = { waited: 0.5, stolen: 0, longestStallMs: 300 }
  const starved = { ...slow, guest: { ...slow.guest, load } as typeof slow.guest }
  t.equal(deservesLook(starved), true, 'however busy this machine was')
  t.equal(deservesLook(counted('outcome: hang, stuck-in: f', { outcome: 'hang' })), true)
  t.equal(deservesLook(counted('outcome: early-exception', { outcome: 'hang' })), true)
  const look = planToLook(counted('', { outcome: 'hang' }))
  t.same(look.look, { consoleBytes: 20, linked: true })
  t.match(look.commandLine, / nokaslr$/)
  const moved = planToLook(counted('', { outcome: 'hang' }), false)
  t.same(moved.look, { consoleBytes: 20, linked: false })
  t.notMatch(moved.commandLine, 'nokaslr')
  t.end()
})

t.test('a guest that comes up when it is looked at has died all the same', async t => {
  const run = counted('', { outcome: 'hang', reason: 'the kernel fell silent' })
  const ending: Ending = {
    outcome: 'reported',
    reason: 'the report came out whole',
    diedIn: null,
    stuckIn: null,
    lostReport: false,
  }
  const found = await placed(
    run,
    { look: { samples: null, interrupts: null }, ending },
    { kernel: '/none' },
  )
  t.equal(found.guest.ending.outcome, 'hang')
  t.equal(
    found.guest.ending.reason,
    'the kernel fell silent; run again to be looked at, it ended otherwise (reported: the report came out whole)',
  )
  t.equal(found.guest.judgement.verdict, 'fail')
  const unseen = await placed(
    run,
    { look: null, ending: { ...ending, outcome: 'hang' } },
    { kernel: '/none' },
  )
  t.equal(unseen, run)
})

t.test('an instruction that its accelerator never completes is no kernel’s fault', t => {
  const run = counted('', { outcome: 'hang' })
  const failed = { ...run, guest: { ...run.guest, judgement: { verdict: 'fail', why: ['x'] } } }
  const place = (waits: 'refused' | 'idle') =>
    ({ waits, instruction: 'movq %rdi, %cr4' }) as unknown as PlaceOfDeath
  const judged = (waits: 'refused' | 'idle') =>
    finalJudgement({ ...failed, place: place(waits) } as CountedRun)
  t.match(judged('refused'), {
    verdict: 'error',
    why: [
      'the accelerator never completes `movq %rdi, %cr4`, whose value it takes for reserved',
      'x',
    ],
  })
  t.match(judged('idle'), { verdict: 'fail', why: ['x'] })
  t.end()
})
