import t from 'tap'
import { betterQemu, type FetchableQemu } from '../../runner/plan/better-qemu.js'
import type { PlanTarget } from '../../runner/plan/plan.js'
import { parseScenario } from '../fixtures/scenario.js'

const target: PlanTarget = {
  kernel: { version: '6.1.192', config: new Map([['KVM_GUEST', 'y']]) },
  accelerator: 'tcg',
  qemuVersion: '7.2.22',
}
const fetchable: FetchableQemu[] = [
  { spec: 'debian:trixie', versions: '10.0' },
  { spec: 'debian:forky', versions: '>=11.1' },
  { spec: 'debian:bullseye', versions: '5.2' },
]
const two = 'machine: { cpus: 2 }'

function better(yaml: string, changes: Partial<PlanTarget> = {}) {
  return betterQemu(parseScenario(yaml), { ...target, ...changes }, fetchable)
}

t.test('several CPUs on virtual time take one that brings them up', t => {
  t.same(better(two), {
    spec: 'debian:trixie',
    why: 'QEMU 7.2.22 does not bring several CPUs up on virtual time',
    ranges: ['>=10.0'],
  })
  t.equal(better(two, { qemuVersion: '10.0.13' }), null)
  t.equal(better(''), null, 'one CPU does without')
  t.end()
})

t.test('a guest that is on real time anyway takes none', t => {
  t.equal(better(two, { clock: 'real' }), null, 'asked for')
  t.equal(better(two, { accelerator: 'kvm' }), null, 'KVM')
  t.equal(better(`${two}\ncpu: { model: Haswell }`), null, 'an x2APIC')
  t.same(better(`${two}\ncpu: { model: Haswell, properties: { x2apic: off } }`)?.ranges, ['>=10.0'])
  const disk = "machine: { cpus: 2, disks: 1, devices: ['virtio-blk-pci,drive=disk0'] }"
  t.same(better(disk)?.ranges, ['>=10.0'], 'a disk is no reason for real time')
  t.equal(
    better('cpu: { model: Haswell }', { qemuVersion: '10.0.13' }),
    null,
    'an older QEMU has less of the CPU',
  )
  t.end()
})

t.test('what a scenario needs is looked for among what there is', t => {
  const needs = (range: string, more = '') => better(`needs: { qemu: '${range}' }\n${more}`)
  t.same(needs('>=8.0'), {
    spec: 'debian:trixie',
    why: 'needs QEMU >=8.0, which 7.2.22 on this machine is not',
    ranges: ['>=8.0'],
  })
  t.equal(needs('>=7.0'), null, 'it is met')
  t.equal(needs('>=10.0.5')?.spec, 'debian:trixie', 'which point release it is shows later')
  t.equal(needs('>10.0 <10.0.3')?.spec, 'debian:trixie')
  t.equal(needs('>=10.1')?.spec, 'debian:forky')
  t.equal(needs('<6 || >=10.1')?.spec, 'debian:forky', 'by the order of what there is')
  t.equal(needs('<6')?.spec, 'debian:bullseye')
  t.equal(needs('>=8.0 <9.0'), null, 'no suite has it')
  t.equal(needs('>=8.0', 'machine: { cpus: 2, disks: 1 }')?.spec, 'debian:trixie')
  t.equal(better("needs: { qemu: '>=8.0' }", { accelerator: 'kvm' })?.spec, 'debian:trixie')
  t.equal(better("needs: { qemu: '>=8.0' }", { clock: 'real' })?.spec, 'debian:trixie')
  t.end()
})

t.test('both conditions hold for the one that is taken', t => {
  t.same(better(`needs: { qemu: '>=7.0' }\n${two}`)?.ranges, ['>=7.0', '>=10.0'])
  t.equal(better(`needs: { qemu: '>=10.1 || 7.2' }\n${two}`)?.spec, 'debian:forky')
  t.equal(better(`needs: { qemu: '7.2' }\n${two}`), null, 'real time it is')
  t.end()
})

t.test('a guest that is skipped for another reason takes none', t => {
  t.equal(better(`needs: { fidelity: kvm, qemu: '>=8.0' }`), null, 'fidelity')
  t.equal(better(`${two}\nkernel: { version: '>=7.0' }`), null, 'the kernel')
  t.equal(better(`${two}\nkernel: { config: [XEN] }`), null, 'its configuration')
  const nothing = `${two}\nexpect: [{ when: { fidelity: kvm }, hypervisor: none }]`
  t.equal(better(nothing), null, 'nothing is expected of it')
  t.equal(better(nothing, { unjudged: true })?.spec, 'debian:trixie', 'unless it is only looked at')
  const newer = `${two}\nexpect: [{ when: { qemu: '>=11' }, hypervisor: none }]`
  t.equal(better(newer)?.spec, 'debian:forky', 'the one of which something is expected')
  t.end()
})
