import t from 'tap'
import { overrideObject } from '../../runner/paths.js'
import { planScenario } from '../../runner/plan/plan.js'
import type { Clock } from '../../runner/plan/clock.js'
import { lockstepObject } from '../../runner/run/override-files.js'
import { parseScenario } from '../fixtures/scenario.js'

function lockstepOf(yaml: string, clock?: Clock) {
  const plan = planScenario(parseScenario(yaml), {
    kernel: { version: '6.1.0', config: null },
    accelerator: 'tcg',
    qemuVersion: '7.2.22',
    clock,
  })
  if ('skip' in plan) throw new Error(plan.skip)
  return lockstepObject(plan)
}

t.test('a guest on virtual time waits for the devices that its scenario names', t => {
  const disk = "machine: { disks: 1, devices: ['virtio-blk-pci,drive=disk0'] }"
  t.equal(lockstepOf(disk), overrideObject)
  t.equal(lockstepOf('machine: { devices: [VGA] }'), overrideObject)
  t.equal(lockstepOf('machine: { disks: 1 }'), overrideObject)
  t.equal(lockstepOf(''), null, 'what every machine has answers at once')
  t.equal(lockstepOf(disk, 'real'), null, 'real time goes on whatever it does')
  t.end()
})
