import t from 'tap'
import { chooseAccelerator } from '../../runner/plan/choose-accelerator.js'
import { parseScenario } from '../fixtures/scenario.js'

const any = parseScenario('')
const needsKvm = parseScenario('needs: { fidelity: kvm }')
const needsXen = parseScenario('needs: { fidelity: kvm, kvm: [xen] }')
const needsQemu = parseScenario('needs: { fidelity: kvm, qemu: ">=8.0" }')
const onlyCpuid = parseScenario('expect: [{ when: { fidelity: cpuid }, hypervisor: none }]')

const works = { works: true, reason: 'a loop takes 2 cycles a turn' }
const closed = { works: false, reason: '/dev/kvm does not open: EACCES' }
const facts = { kvm: works, kvmLacks: null, qemuVersion: '7.2.22' }

t.test('what is asked for is taken', t => {
  for (const asked of ['kvm', 'nested', 'tcg'] as const) {
    for (const kvm of [works, closed, null]) {
      for (const scenario of [any, needsKvm, onlyCpuid]) {
        const { accelerator, why } = chooseAccelerator(asked, scenario, { ...facts, kvm })
        t.same([accelerator, why], [asked, 'it was asked for by name'])
      }
    }
  }
  t.end()
})

t.test('auto takes the fastest that has the fidelity, and says why it is not KVM', t => {
  const without = { ...facts, kvm: closed }
  t.match(chooseAccelerator('auto', any, facts), { accelerator: 'kvm' })
  t.match(chooseAccelerator('auto', needsKvm, facts), { accelerator: 'kvm' })
  t.match(chooseAccelerator('auto', any, without), { accelerator: 'tcg', why: /EACCES/ })
  t.match(chooseAccelerator('auto', needsKvm, without), {
    accelerator: 'nested',
    why: /needs fidelity kvm; .*EACCES/,
  })
  t.end()
})

t.test('auto takes TCG for what is expected of TCG alone', t => {
  for (const kvm of [works, closed]) {
    t.match(chooseAccelerator('auto', onlyCpuid, { ...facts, kvm }), { accelerator: 'tcg' })
  }
  t.end()
})

t.test('auto does with KVM no worse than without', t => {
  const kvmLacks = "needs a KVM with xen (CONFIG_KVM_XEN); this machine's has none"
  t.match(chooseAccelerator('auto', needsXen, { ...facts, kvmLacks }), {
    accelerator: 'nested',
    why: /CONFIG_KVM_XEN/,
  })
  for (const kvm of [works, closed]) {
    t.match(chooseAccelerator('auto', needsQemu, { ...facts, kvm }), {
      accelerator: 'nested',
      why: /needs QEMU >=8.0, which 7.2.22 on this machine is not/,
    })
  }
  t.match(chooseAccelerator('auto', needsQemu, { ...facts, qemuVersion: '10.0.13' }), {
    accelerator: 'kvm',
  })
  t.end()
})
