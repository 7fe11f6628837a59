import t from 'tap'
import { type Demand, demandOf, queueOf, serves } from '../../runner/fleet/demand.js'

const needs = (fidelity: 'cpuid' | 'kvm', kvm: 'xen'[] = []) => ({ needs: { fidelity, kvm } })
const machine = (accelerators: ('kvm' | 'nested' | 'tcg')[], features: 'xen'[] = []) => ({
  accelerators,
  features,
  qemu: { version: '7.2', named: null },
})

t.test('what a guest asks for, and the queue that is', t => {
  const queue = (...args: Parameters<typeof demandOf>) => queueOf(demandOf(...args))
  t.equal(queue(needs('cpuid'), { accelerator: 'auto' }), 'auto cpuid')
  t.equal(queue(needs('kvm'), { accelerator: 'auto' }), 'auto kvm')
  t.equal(queue(needs('kvm', ['xen']), { accelerator: 'auto' }), 'auto kvm')
  t.equal(queue(needs('kvm'), { accelerator: 'tcg' }), 'tcg', 'it is skipped there')
  t.equal(queue(needs('cpuid'), { accelerator: 'tcg' }), 'tcg')
  t.equal(queue(needs('kvm', ['xen']), { accelerator: 'kvm' }), 'kvm xen')
  const qemu = 'debian:trixie'
  t.equal(queue(needs('cpuid'), { accelerator: 'tcg', qemu }), 'tcg debian=trixie')
  t.end()
})

t.test('who serves it', t => {
  const demand = (accelerator: Demand['accelerator'], more: Partial<Demand> = {}): Demand => ({
    ...{ accelerator, fidelity: 'cpuid', kvm: [], qemu: null },
    ...more,
  })
  t.ok(serves(machine(['tcg']), demand('auto')))
  t.ok(serves(machine(['kvm']), demand('auto')))
  t.notOk(serves(machine(['nested']), demand('auto')))
  t.notOk(serves(machine(['tcg']), demand('auto', { fidelity: 'kvm' })))
  t.ok(serves(machine(['nested']), demand('auto', { fidelity: 'kvm' })))
  t.notOk(serves(machine(['nested', 'tcg']), demand('kvm', { fidelity: 'kvm' })))
  t.notOk(serves(machine(['kvm']), demand('kvm', { kvm: ['xen'] })))
  t.ok(serves(machine(['kvm'], ['xen']), demand('kvm', { kvm: ['xen'] })))
  const named = { ...machine(['tcg']), qemu: { version: '9', named: '/opt/qemu' } }
  t.ok(serves(named, demand('tcg')))
  t.notOk(serves(named, demand('tcg', { qemu: 'debian:trixie' })))
  t.ok(serves(machine(['tcg']), demand('tcg', { qemu: 'debian:trixie' })), 'it fetches it')
  t.end()
})
