import t from 'tap'
import { planScenario } from '../../runner/plan/plan.js'
import { withoutKaslr } from '../../runner/plan/without-kaslr.js'
import { parseScenario } from '../fixtures/scenario.js'

function planned(yaml: string) {
  const plan = planScenario(parseScenario(yaml), {
    kernel: { version: '6.1.1', config: null },
    accelerator: 'tcg',
    qemuVersion: '7.2.22',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  return plan
}

t.test('the same guest, with one word more on its command line', t => {
  const plan = planned('kernel: { cmdline: [nopv] }')
  t.same(withoutKaslr(plan), { ...plan, commandLine: `${plan.commandLine} nokaslr` })
  t.match(plan.commandLine, / nopv$/)
  t.end()
})

t.test('a scenario that says so itself is as it is', t => {
  const plan = planned('kernel: { cmdline: [nokaslr, nopv] }')
  t.equal(withoutKaslr(plan), plan)
  t.end()
})
