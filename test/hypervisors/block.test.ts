import t from 'tap'
import { mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import { decodeSignature } from '../../runner/cpuid/signature.js'
import { blockEdits } from '../../runner/hypervisors/block.js'
import { type HypervisorName, hypervisorOf, hypervisors } from '../../runner/hypervisors/table.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { parseScenario } from '../fixtures/scenario.js'

/** The leaves of a block that are not zero, in hexadecimal digits. */
function shown(name: HypervisorName, base?: number): Record<string, Record<string, string>> {
  return Object.fromEntries(
    blockEdits(hypervisorOf(name), base).map(({ leaf, subleaf, registers }) => {
      t.equal(subleaf, null, 'whatever the subleaf')
      const digits = mapRegisters(register => registers?.[register] ?? { keep: 1, set: 0 })
      const stated = Object.entries(digits).filter(([, { keep, set }]) => keep !== 0 || set !== 0)
      return [
        leaf.toString(16),
        Object.fromEntries(stated.map(([register, { set }]) => [register, set.toString(16)])),
      ]
    }),
  )
}

const kvmSignature = { ebx: '4b4d564b', ecx: '564b4d56', edx: '4d' }

t.test('each hypervisor shows its signature, and a highest leaf beyond its base', t => {
  for (const hypervisor of hypervisors) {
    const [first] = blockEdits(hypervisor, 0x40000300)
    const registers = mapRegisters(name => first?.registers?.[name].set ?? 0)
    t.equal(first?.leaf, 0x40000300)
    t.equal(decodeSignature(registers), hypervisor.signature)
    t.equal(registers.eax, 0x40000300 + hypervisor.block.highest)
  }
  t.end()
})

t.test('the leaves that each is known by', t => {
  t.same(shown('kvm'), { 40000000: { eax: '40000001', ...kvmSignature }, 40000001: {} })
  t.same(shown('xen'), {
    40000000: { eax: '40000004', ebx: '566e6558', ecx: '65584d4d', edx: '4d4d566e' },
    40000001: { eax: '40011' },
    40000002: { eax: '1', ebx: '40000000' },
  })
  t.same(shown('hyperv'), {
    40000000: { eax: '40000006', ebx: '7263694d', ecx: '666f736f', edx: '76482074' },
    40000001: { eax: '31237648' },
    40000002: { eax: '4f7c', ebx: 'a0000', ecx: '1', edx: '4aa' },
    40000003: { eax: '60' },
  })
  t.same(shown('vmware'), {
    40000000: { eax: '40000010', ebx: '61774d56', ecx: '4d566572', edx: '65726177' },
    40000001: {},
    40000010: { eax: '1e8480', ebx: '101d0' },
  })
  t.same(shown('acrn'), {
    40000000: { eax: '40000010', ebx: '4e524341', ecx: '4e524341', edx: '4e524341' },
    40000001: {},
    40000010: { eax: '1e8480' },
  })
  t.same(shown('jailhouse'), {
    40000000: { eax: '40000001', ebx: '6c69614a', ecx: '73756f68', edx: '65' },
    40000001: {},
  })
  t.same(shown('bhyve'), {
    40000000: { eax: '40000001', ebx: '76796862', ecx: '68622065', edx: '20657679' },
    40000001: {},
  })
  t.end()
})

t.test('they move with the base', t => {
  t.same(shown('kvm', 0x40000300), {
    40000300: { eax: '40000301', ...kvmSignature },
    40000301: {},
  })
  t.same(shown('hyperv', 0x40000100)['40000103'], { eax: '60' })
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
  t.same(
    edits.map(({ leaf, registers }) => [leaf, registers?.eax, registers?.ebx.set]),
    [
      [0x40000100, { keep: 0, set: 0 }, 0x4b4d564b],
      [0x40000101, { keep: 0, set: 0 }, 0],
    ],
  )
  t.end()
})

t.test('what is no base is refused, and so is a block without hypervisor-leaves', t => {
  t.throws(
    () =>
      parseScenario('hypervisor-leaves: listed\ncpuid: [{ hypervisor: kvm, base: 0x40000180 }]'),
    /cpuid\[0\]\.base: expected a base: 0x40000000 \+ n \* 0x100/,
  )
  t.throws(() => parseScenario('cpuid: [{ hypervisor: kvm }]'), /hypervisor-leaves: expected/)
  t.end()
})
