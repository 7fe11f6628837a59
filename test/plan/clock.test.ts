import t from 'tap'
import { accelerators } from '../../runner/plan/accelerator.js'
import type { ReportChannel } from '../../runner/plan/channel.js'
import { type Clock, chooseClock } from '../../runner/plan/clock.js'
import { parseScenario } from '../fixtures/scenario.js'

function choose(
  yaml: string,
  qemuVersion = '7.2.22',
  asked?: Clock,
  channel: ReportChannel = 'shared-memory',
) {
  return chooseClock(asked, 'tcg', parseScenario(yaml), qemuVersion, channel)
}

const clockOf = (yaml: string, qemuVersion?: string) => choose(yaml, qemuVersion).clock

t.test('a guest is emulated on virtual time, unless real time is asked for', t => {
  t.same(choose(''), { clock: 'virtual', why: 'instructions count as time' })
  t.equal(choose('', '7.2.22', 'virtual').clock, 'virtual')
  t.same(choose('', '7.2.22', 'real'), { clock: 'real', why: 'it was asked for by name' })
  for (const accelerator of accelerators.filter(each => each !== 'tcg')) {
    const { clock, why } = chooseClock(
      'virtual',
      accelerator,
      parseScenario(''),
      '10.0.13',
      'shared-memory',
    )
    t.equal(clock, 'real', accelerator)
    t.match(why, accelerator === 'kvm' ? /^KVM executes/ : /^the nested host/)
  }
  t.end()
})

t.test('several CPUs come up on it since QEMU 10', t => {
  const two = 'machine: { cpus: 2 }'
  for (const version of ['5.2.0', '7.2.22', '9.2.4'])
    t.equal(clockOf(two, version), 'real', version)
  t.match(choose(two, '7.2.22').why, 'QEMU 7.2.22 does not bring several CPUs up')
  for (const version of ['10.0.13', '11.0.0']) t.equal(clockOf(two, version), 'virtual', version)
  t.equal(clockOf('machine: { cpus: 1 }'), 'virtual')
  t.equal(choose(two, '7.2.22').servedBy, '>=10.0')
  t.equal(choose(two, '10.0.13').servedBy, undefined)
  t.equal(choose(two, '7.2.22', 'real').servedBy, undefined, 'nobody asks for it')
  t.end()
})

t.test('many CPUs hardly get on in one thread', t => {
  t.equal(clockOf('machine: { cpus: 16 }', '10.0.13'), 'virtual')
  const { clock, why, servedBy } = choose('machine: { cpus: 17 }', '10.0.13')
  t.equal(clock, 'real')
  t.equal(servedBy, undefined)
  t.match(why, 'executes all vCPUs in turn')
  t.end()
})

t.test('no QEMU serves several CPUs on it that may have an x2APIC, or have a disk', t => {
  const x2apic = 'machine: { cpus: 2 }\ncpu: { model: Haswell }'
  for (const version of ['7.2.22', '9.2.4', '10.0.13']) {
    const { clock, servedBy, why } = choose(x2apic, version)
    t.equal(clock, 'real', version)
    t.equal(servedBy, undefined, version)
    t.match(why, 'cannot read the timer of an x2APIC', version)
  }
  t.match(
    choose(x2apic, '7.2.22').why,
    'QEMU 7.2.22 does not bring several CPUs up on virtual time, and QEMU >=10.0, which does, cannot',
  )
  t.end()
})

t.test('a guest that is asked over a serial port waits for an answer', t => {
  t.match(choose('', '7.2.22', undefined, 'serial'), { clock: 'real', why: /^on a serial port/ })
  t.equal(choose('machine: { cpus: 2 }', '7.2.22', undefined, 'serial').servedBy, undefined)
  t.end()
})

t.test('a disk is no reason for real time: the guest waits for it', t => {
  const disk = "disks: 1, devices: ['virtio-blk-pci,drive=disk0']"
  t.equal(clockOf(`machine: { ${disk} }`), 'virtual')
  t.equal(clockOf(`machine: { cpus: 2, ${disk} }`, '10.0.13'), 'virtual')
  t.end()
})

t.test('x2APIC, which QEMU emulates since 9.0, reads a clock that it may not read', t => {
  const model = (name: string, more = '') => `cpu: { model: ${name}${more} }`
  for (const name of ['max', 'Haswell', 'SapphireRapids-v2', 'a-new-one']) {
    t.equal(clockOf(model(name), '7.2.22'), 'virtual', name)
    t.equal(clockOf(model(name), '10.0.13'), 'real', name)
    const off = model(name, ', properties: { x2apic: off }')
    t.equal(clockOf(off, '10.0.13'), 'virtual', `${name} without it`)
  }
  for (const name of ['qemu64-v1', 'qemu64', 'EPYC-Milan', 'Westmere-v2', 'Opteron_G3']) {
    t.equal(clockOf(model(name), '10.0.13'), 'virtual', name)
    const on = model(name, ', properties: { x2apic: on }')
    t.equal(clockOf(on, '10.0.13'), 'real', `${name} with it`)
  }
  t.match(choose(model('max'), '9.0.0').why, 'QEMU 9.0.0 cannot read the timer of an x2APIC')
  t.end()
})
