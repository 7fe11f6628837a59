import t from 'tap'
import { bootImage } from '../../runner/plan/boot-image.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { parseScenario } from '../fixtures/scenario.js'

const images = { path: '/vmlinux', bzImage: '/bzImage' }

function booted(yaml: string, from: Parameters<typeof bootImage>[0] = images): string {
  const scenario = parseScenario(yaml)
  return bootImage(from, { scenario, table: leafTable(scenario) })
}

t.test('a vmlinux is booted, unless the machine says that it is Xen', t => {
  t.equal(booted(''), '/vmlinux')
  t.equal(booted('hypervisor-leaves: listed\ncpuid: [{ hypervisor: kvm }]'), '/vmlinux')
  for (const base of ['0x40000000', '0x4000ff00']) {
    const leaves = `hypervisor-leaves: listed\ncpuid: [{ hypervisor: xen, base: ${base} }]`
    t.equal(booted(leaves), '/bzImage')
    t.equal(booted(leaves, { path: '/vmlinux', bzImage: null }), '/vmlinux', 'there is no other')
  }
  t.equal(
    booted('machine: { accel: { xen-version: 0x4000a } }\nneeds: { fidelity: kvm }'),
    '/bzImage',
  )
  t.end()
})
