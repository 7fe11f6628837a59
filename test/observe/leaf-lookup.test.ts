import t from 'tap'
import { zeroRegisters } from '../../runner/cpuid/leaf.js'
import { leafLookup } from '../../runner/observe/leaf-lookup.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { parseScenario } from '../fixtures/scenario.js'

const table = leafTable(
  parseScenario(`hypervisor-leaves: model
cpuid:
  - { leaf: 0x40000000, eax: 1, ebx: 2, ecx: 3, edx: 4 }
  - { leaf: 0x40000003, subleaf: 0, eax: 5 }
  - { leaf: 0x40000004, subleaf: 1, eax: 6 }
  - { leaf: 0x40000005, eax: 7 }
  - { leaf: 0x40000005, subleaf: 1, eax: 8 }
`),
)

t.test('without a dump a leaf is what was asked for, at subleaf 0', t => {
  const leaf = leafLookup(undefined, table)
  t.same(leaf(0x40000000), { eax: 1, ebx: 2, ecx: 3, edx: 4 })
  t.same(leaf(0x40000003), { ...zeroRegisters, eax: 5 })
  t.same(leaf(0x40000004), zeroRegisters)
  t.same(leaf(0x40000005), { ...zeroRegisters, eax: 7 }, 'a subleaf hides nothing')
  t.same(leaf(0x40000001), zeroRegisters)
  t.end()
})

t.test('without a dump the hypervisor bit is the model’s, unless it was asked for', t => {
  const bit = (entry: string) => {
    const asked = leafTable(parseScenario(`hypervisor-leaves: model\ncpuid: [${entry}]`))
    return leafLookup(undefined, asked)(1).ecx >>> 31
  }
  t.equal(bit('{ leaf: 2, eax: 1 }'), 1)
  t.equal(bit('{ leaf: 1, eax: 1 }'), 1)
  t.equal(bit('{ leaf: 1, ecx: 0b0xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx }'), 0)
  t.equal(bit('{ leaf: 1, ecx: 0b1 }'), 1)
  t.equal(bit('{ leaf: 1, ecx: 1 }'), 0)
  t.equal(bit('{ leaf: 1, ecx: 0x80000000 }'), 1)
  t.equal(bit('{ leaf: 1, remove: true }'), 0)
  t.end()
})

t.test('a leaf that was taken away reads as zeros', t => {
  const absent = leafTable(
    parseScenario('hypervisor-leaves: model\ncpuid: [{ leaf: 0x40000001, remove: true }]'),
  )
  t.same(leafLookup(undefined, absent)(0x40000001), zeroRegisters)
  t.end()
})

t.test('where there is a dump it alone counts', t => {
  const registers = { eax: 7, ebx: 8, ecx: 9, edx: 10 }
  const leaf = leafLookup(
    {
      cpu: 0,
      leaves: [
        { leaf: 0x40000000, subleaf: 0, registers },
        { leaf: 0x40000000, subleaf: 1, registers: zeroRegisters },
        { leaf: 0x40000001, subleaf: 1, registers },
      ],
    },
    table,
  )
  t.same(leaf(0x40000000), registers)
  t.same(leaf(0x40000001), zeroRegisters)
  t.same(leaf(0x40000003), zeroRegisters, 'it was asked for, and the guest has not got it')
  t.end()
})
