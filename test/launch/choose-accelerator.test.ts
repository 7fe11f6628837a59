import t from 'tap'
import { chooseAccelerator } from '../../runner/launch/choose-accelerator.js'

t.test('what is asked for is taken', t => {
  for (const asked of ['kvm', 'nested', 'tcg'] as const) {
    for (const works of [true, false]) t.equal(chooseAccelerator(asked, 'kvm', works), asked)
  }
  t.end()
})

t.test('auto takes the fastest that has the fidelity', t => {
  t.equal(chooseAccelerator('auto', 'cpuid', true), 'kvm')
  t.equal(chooseAccelerator('auto', 'kvm', true), 'kvm')
  t.equal(chooseAccelerator('auto', 'cpuid', false), 'tcg')
  t.equal(chooseAccelerator('auto', 'kvm', false), 'nested')
  t.end()
})
