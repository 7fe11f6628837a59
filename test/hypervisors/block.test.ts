import t from 'tap'
import { blockEdits } from '../../runner/hypervisors/block.js'
import {
  type HypervisorName,
  hypervisorNames,
  hypervisorOf,
} from '../../runner/hypervisors/table.js'
import { decodeSignature } from '../../runner/cpuid/signature.js'
import { mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { parseScenario } from '../fixtures/scenario.js'

const valuesAt = (name: HypervisorName, base?: number) =>
  new Map(
    blockEdits(hypervisorOf(name), base).map(({ leaf, registers }) => [
      leaf,
      mapRegisters(name => registers?.[name].set ?? 0),
    ]),
  )

t.test('each block has its signature, and a highest leaf beyond its base', t => {
  for (const name of hypervisorNames) {
    const base = valuesAt(name, 0x40000300).get(0x40000300)
    t.ok(base && base.eax > 0x40000300 && base.eax < 0x40000400, name)
    t.ok(base && decodeSignature(base).length > 8, name)
  }
  t.end()
})

t.test('the leaves move with the base', t => {
  t.same([...valuesAt('hyperv').keys()], [0x40000000, 0x40000001, 0x40000002, 0x40000003])
  t.same(valuesAt('hyperv', 0x40000100).get(0x40000103)?.eax, 0x60)
  t.end()
})

t.test('in a scenario, as a step that later entries build on', t => {
  const { edits } = leafTable(
    parseScenario(`hypervisor-leaves: listed
cpuid:
  - { hypervisor: kvm, base: 0x40000100 }
  - { leaf: 0x40000100, eax: 0 }
`),
  )
  t.match(edits, [
    { leaf: 0x40000100, registers: { eax: { keep: 0, set: 0 }, ebx: { set: 0x4b4d564b } } },
    { leaf: 0x40000101 },
  ])
  t.end()
})

t.test('a base that is none is refused, and so is a block without hypervisor-leaves', t => {
  t.throws(
    () =>
      parseScenario('hypervisor-leaves: listed\ncpuid: [{ hypervisor: kvm, base: 0x40000180 }]'),
    /cpuid\[0\]\.base: expected a base: 0x40000000 \+ n \* 0x100/,
  )
  t.throws(() => parseScenario('cpuid: [{ hypervisor: kvm }]'), /hypervisor-leaves: expected/)
  t.end()
})
