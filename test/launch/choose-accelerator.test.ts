import t from 'tap'
import { chooseAccelerator } from '../../runner/launch/choose-accelerator.js'
import type { Scenario } from '../../runner/scenario/scenario.js'
import { parseScenario } from '../fixtures/scenario.js'

const [any, needsKvm, onlyCpuid] = [
  '',
  'needs: { fidelity: kvm }',
  'expect: [{ when: { fidelity: cpuid }, hypervisor: none }]',
].map(parseScenario) as [Scenario, Scenario, Scenario]

t.test('what is asked for is taken', t => {
  for (const asked of ['kvm', 'nested', 'tcg'] as const) {
    for (const works of [true, false]) {
      for (const scenario of [any, needsKvm, onlyCpuid]) {
        t.equal(chooseAccelerator(asked, scenario, works), asked)
      }
    }
  }
  t.end()
})

t.test('auto takes the fastest that has the fidelity', t => {
  t.equal(chooseAccelerator('auto', any, true), 'kvm')
  t.equal(chooseAccelerator('auto', needsKvm, true), 'kvm')
  t.equal(chooseAccelerator('auto', any, false), 'tcg')
  t.equal(chooseAccelerator('auto', needsKvm, false), 'nested')
  t.end()
})

t.test('auto takes TCG for what is expected of TCG alone', t => {
  t.equal(chooseAccelerator('auto', onlyCpuid, true), 'tcg')
  t.equal(chooseAccelerator('auto', onlyCpuid, false), 'tcg')
  t.end()
})
