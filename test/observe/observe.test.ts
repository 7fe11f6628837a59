import t from 'tap'
import type { CpuDump } from '../../runner/cpuid/leaf.js'
import { encodeSignature } from '../../runner/cpuid/signature.js'
import { findingsFromConsole } from '../../runner/observe/guest-findings.js'
import { type Observation, observe } from '../../runner/observe/observe.js'
import { planScenario } from '../../runner/plan/plan.js'
import { parseScenario } from '../fixtures/scenario.js'

const vmware = encodeSignature('VMwareVMware')

function observed(yaml: string, log: string, cpus: readonly CpuDump[], reported: boolean) {
  const plan = planScenario(parseScenario(yaml), {
    kernel: { version: '6.1.192', config: null },
    accelerator: 'tcg',
    qemuVersion: '7.2.22',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  return observe(plan, { ...findingsFromConsole(log), cpus }, reported)
}

function dump(eax: number): CpuDump[] {
  return [{ cpu: 0, leaves: [{ leaf: 0x40000000, subleaf: 0, registers: { eax, ...vmware } }] }]
}

function adoptedOf({ interfaces }: Observation): string[] {
  return interfaces.flatMap(({ id, adopted }) => (adopted === null ? [] : [id]))
}

function offeredOf({ interfaces }: Observation): string[] {
  return interfaces.flatMap(({ id, offered }) => (offered === null ? [] : [id]))
}

const showsVmware =
  'hypervisor-leaves: model\ncpuid: [{ leaf: 0x40000000, eax: 0x40000010, signature: VMwareVMware }]'
const detected = '[    0.000000] Hypervisor detected: VMware\n'

t.test('a guest that reports is held to its own leaves', t => {
  const seen = observed(showsVmware, detected, dump(0x40000010), true)
  t.equal(seen.applied, true)
  t.same(seen.mismatches, [])
  t.ok(offeredOf(seen).includes('identity.vmware'))
  t.ok(adoptedOf(seen).includes('identity.vmware'))
  t.same(seen.composition.owners, ['vmware'])
  t.same(seen.composition.violations, [])
  t.end()
})

t.test('a leaf that it has otherwise than it was asked for is told', t => {
  const seen = observed(showsVmware, detected, dump(0x40000011), true)
  t.equal(seen.applied, false)
  t.equal(seen.mismatches.length, 1)
  t.end()
})

t.test('what a guest that dies before its report was asked to show is taken for what it saw', t => {
  const seen = observed(showsVmware, detected, [], false)
  t.equal(seen.applied, null)
  t.same(seen.mismatches, [])
  t.ok(offeredOf(seen).includes('identity.vmware'))
  t.end()
})

t.test('what was not offered and is used breaks a rule, where it is known what was offered', t => {
  const listed = 'hypervisor-leaves: listed'
  const violated = (yaml: string, cpus: readonly CpuDump[], reported: boolean) =>
    observed(yaml, detected, cpus, reported).composition.violations.map(({ rule }) => rule)
  const [rule] = violated('', [{ cpu: 0, leaves: [] }], true)
  t.ok(rule)
  t.same(violated(listed, [], false), [rule], 'all that it has is listed')
  t.same(violated('', [], false), [], 'the model may have shown it')
  t.end()
})

t.test('a PIT that was switched off is not offered', t => {
  const offers = (machine: string) => offeredOf(observed(`machine: { ${machine} }`, '', [], true))
  t.ok(offers('').includes('timer.pit'))
  t.ok(offers('pit: on').includes('timer.pit'))
  t.notOk(offers('pit: off').includes('timer.pit'))
  t.end()
})
