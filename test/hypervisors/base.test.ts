import t from 'tap'
import { type Registers, zeroRegisters } from '../../runner/cpuid/leaf.js'
import { type BaseRule, findBase } from '../../runner/hypervisors/base.js'
import { baseLeaf } from './guest.js'

const rule: BaseRule = { signature: 'XenVMMXenVMM', bases: 'all' }
const xen = baseLeaf('XenVMMXenVMM', 0x40000004)

function found(rule: BaseRule, ...leaves: [number, Registers][]): number | null {
  const byLeaf = new Map(leaves)
  return findBase(leaf => byLeaf.get(leaf) ?? zeroRegisters, rule)
}

t.test('a signature is all three of its registers, and EAX is none of them', t => {
  t.equal(found(rule, [0x40000000, xen]), 0x40000000)
  t.equal(found(rule, [0x40000000, { ...xen, eax: 0xffffffff }]), 0x40000000)
  for (const register of ['ebx', 'ecx', 'edx'] as const) {
    const other = { ...xen, [register]: (xen[register] ^ 0x01000000) >>> 0 }
    t.equal(found(rule, [0x40000000, other]), null, register)
    t.equal(found(rule, [0x40000000, other], [0x40000100, xen]), 0x40000100, register)
  }
  t.end()
})

t.test('a signature that is shorter has zeros behind it', t => {
  const kvm = { signature: 'KVMKVMKVM', bases: 'all' } as const
  const registers = baseLeaf('KVMKVMKVM', 0)
  t.equal(found(kvm, [0x40000000, registers]), 0x40000000)
  t.equal(found(kvm, [0x40000000, baseLeaf('KVMKVMKVMKVM', 0)]), null)
  t.equal(found(kvm, [0x40000000, { ...registers, edx: 0x2000004d }]), null)
  t.end()
})

t.test('the first of 256 bases, or the very first alone', t => {
  t.equal(found(rule, [0x40000300, xen], [0x40000200, xen]), 0x40000200)
  t.equal(found(rule, [0x4000ff00, xen]), 0x4000ff00, 'the last one')
  t.equal(found(rule, [0x40010000, xen]), null, 'beyond it')
  t.equal(found(rule, [0x40000001, xen], [0x40000080, xen]), null, 'between two')
  const first: BaseRule = { ...rule, bases: 'first' }
  t.equal(found(first, [0x40000000, xen]), 0x40000000)
  t.equal(found(first, [0x40000100, xen]), null)
  t.end()
})

t.test('how far its leaves go: at least so far, as Linux counts, unsigned', t => {
  const reaches = (leastLeaves: number, eax: number) =>
    found({ ...rule, leastLeaves }, [0x40000100, { ...xen, eax }])
  t.equal(reaches(2, 0x40000102), 0x40000100)
  t.equal(reaches(2, 0x40000101), null)
  t.equal(reaches(2, 0x400000ff), 0x40000100, 'below its base')
  t.equal(reaches(0, 0), 0x40000100)
  t.end()
})
