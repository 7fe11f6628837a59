import t from 'tap'
import { blockEdits } from '../../runner/hypervisors/block.js'
import { type HypervisorName, hypervisorOf } from '../../runner/hypervisors/table.js'
import { type Registers, zeroRegisters } from '../../runner/cpuid/leaf.js'
import { mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import { candidatesOf } from '../../runner/observe/detection-rule.js'

const hypervisorBit = { ...zeroRegisters, ecx: 0x80000000 }

/** The leaves of hypervisors at their bases, with `changes` on top. */
function leaves(
  layout: readonly (readonly [HypervisorName, number])[],
  changes: Record<number, Partial<Registers>> = {},
) {
  const found = new Map<number, Registers>([[1, hypervisorBit]])
  for (const [name, base] of layout) {
    for (const { leaf, registers } of blockEdits(hypervisorOf(name), base)) {
      if (registers !== null)
        found.set(
          leaf,
          mapRegisters(register => registers[register].set),
        )
    }
  }
  for (const [leaf, registers] of Object.entries(changes)) {
    found.set(Number(leaf), { ...(found.get(Number(leaf)) ?? zeroRegisters), ...registers })
  }
  return { leaf: (leaf: number) => found.get(leaf) ?? zeroRegisters }
}

const names = (...of: Parameters<typeof leaves>) =>
  candidatesOf(leaves(...of))
    .filter(({ refused }) => refused === null)
    .map(({ name }) => name)

t.test('the highest base wins', t => {
  t.same(
    names([
      ['hyperv', 0x40000000],
      ['xen', 0x40000100],
      ['kvm', 0x40000200],
    ]),
    ['KVM', 'Xen HVM', 'Microsoft Hyper-V'],
  )
  t.same(
    names([
      ['kvm', 0x40000000],
      ['xen', 0x4000ff00],
    ]),
    ['Xen HVM', 'KVM'],
  )
  t.same(names([]), [])
  t.end()
})

t.test('VMware and Hyper-V are looked for at 0x40000000 alone', t => {
  t.same(names([['vmware', 0x40000100]]), [])
  t.same(names([['hyperv', 0x40000100]]), [])
  t.same(names([['vmware', 0x40000000]]), ['VMware'])
  t.end()
})

t.test('bhyve returns its highest leaf', t => {
  const layout = [
    ['bhyve', 0x40000000],
    ['kvm', 0x40000100],
  ] as const
  t.same(names(layout), ['KVM', 'Bhyve'])
  t.same(names(layout, { 0x40000000: { eax: 0x40000200 } }), ['Bhyve', 'KVM'])
  t.end()
})

t.test('what does not count says why', t => {
  const why = (...of: Parameters<typeof leaves>) => candidatesOf(leaves(...of))[0]?.refused
  t.match(why([['kvm', 0x40000000]], { 1: { ecx: 0 } }), /hypervisor bit .* is clear/)
  t.equal(why([['xen', 0x40000000]], { 1: { ecx: 0 } }), null)
  t.match(
    why([['hyperv', 0x40000000]], { 0x40000003: { eax: 0x20 } }),
    'it lacks the VP index (0x40000003 eax)',
  )
  t.match(why([['hyperv', 0x40000000]], { 0x40000000: { eax: 0x40000004 } }), /none of 0x40000005/)
  t.end()
})

t.test('the difference to the base is unsigned', t => {
  t.same(names([['xen', 0x40000000]], { 0x40000000: { eax: 0 } }), ['Xen HVM'])
  t.same(names([['xen', 0x40000000]], { 0x40000000: { eax: 0x40000001 } }), [])
  t.end()
})
