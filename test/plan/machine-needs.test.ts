import t from 'tap'
import { betterQemu } from '../../runner/plan/better-qemu.js'
import { planScenario, type PlanTarget } from '../../runner/plan/plan.js'
import { parseScenario } from '../fixtures/scenario.js'

const target: PlanTarget = {
  kernel: { version: '6.1.176', config: null },
  accelerator: 'tcg',
  qemuVersion: '7.2.22',
}

function skipReason(yaml: string, changes: Partial<PlanTarget> = {}): string | null {
  const plan = planScenario(parseScenario(yaml), { ...target, ...changes })
  return 'skip' in plan ? plan.skip : null
}

const x2apic = 'cpu: { properties: { x2apic: on } }'

t.test('a QEMU without what the machine asks for', t => {
  t.equal(
    skipReason('machine: { modules: 2 }'),
    'needs QEMU >=9.1 for machine.modules; this is 7.2.22',
  )
  t.equal(skipReason('machine: { modules: 2 }', { qemuVersion: '9.1.0' }), null)
  t.equal(skipReason('machine: { modules: 1 }'), null)
  const old = { qemuVersion: '5.2.0' }
  t.equal(
    skipReason('machine: { type: q35, pic: off }', old),
    'needs QEMU >=7.0 for machine.pic of q35; this is 5.2.0',
  )
  t.equal(skipReason('machine: { type: microvm, pit: off }', old), null)
  t.equal(
    skipReason(x2apic),
    'needs QEMU >=9.0 for cpu.properties.x2apic under tcg; this is 7.2.22',
  )
  t.equal(skipReason(x2apic, { qemuVersion: '10.0.13' }), null)
  t.equal(skipReason(x2apic, { accelerator: 'kvm' }), null)
  t.equal(skipReason(x2apic.replace('on', 'off')), null)
  t.equal(skipReason('machine: { type: q35, pic: off }'), null)
  t.end()
})

t.test('vCPUs whose APIC ids need more than 8 bits', t => {
  t.equal(skipReason('machine: { cpus: 255 }', { qemuVersion: '10.0.13' }), null)
  t.equal(skipReason('machine: { cpus: 16 }'), null)
  t.equal(
    skipReason('machine: { cpus: 17 }'),
    'needs QEMU >=10.0 for 17 vCPUs under tcg; this is 7.2.22',
  )
  t.equal(skipReason('machine: { cpus: 17 }', { accelerator: 'kvm' }), null)
  t.match(
    skipReason('machine: { type: q35, cpus: 256 }'),
    /^the highest APIC id of its vCPUs is 255, and beyond 254 they need x2APIC, which the CPU model qemu64-v1 has not: state cpu\.properties\.x2apic$/,
  )
  const many = `machine: { type: q35, cpus: 256 }\n${x2apic}`
  t.equal(skipReason(many), 'needs QEMU >=9.0 for an APIC id of 255 under tcg; this is 7.2.22')
  t.equal(skipReason(many, { qemuVersion: '10.0.13' }), null)
  t.equal(skipReason(many, { accelerator: 'kvm' }), null, 'KVM has it in any')
  t.match(
    skipReason(`machine: { type: pc, sockets: 65, cores: 3 }\n${x2apic}`, { accelerator: 'kvm' }),
    /^the highest APIC id of its vCPUs is 258, and beyond 254 the machine must be a q35$/,
    'of 195 vCPUs',
  )
  t.end()
})

t.test('a QEMU that has it is fetched', t => {
  const fetchable = [
    { spec: 'debian:trixie', versions: '10.0' },
    { spec: 'debian:forky', versions: '>=11' },
  ]
  const better = (yaml: string) => betterQemu(parseScenario(yaml), target, fetchable)
  t.same(better('machine: { modules: 2 }'), {
    spec: 'debian:trixie',
    why: 'needs QEMU >=9.1 for machine.modules, which 7.2.22 on this machine is not',
    ranges: ['>=9.1'],
  })
  t.match(better(`machine: { type: q35, cpus: 256 }\n${x2apic}\nneeds: { qemu: ">=10.1" }`), {
    spec: 'debian:forky',
    ranges: ['>=10.1', '>=9.0'],
  })
  t.end()
})
