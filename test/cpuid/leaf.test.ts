import t from 'tap'
import {
  baseOf,
  hex32,
  isHypervisorLeaf,
  isSoftwareLeaf,
  zeroRegisters,
} from '../../runner/cpuid/leaf.js'

t.test('the ranges of leaves, to their ends', t => {
  const leaves = [0, 0x3fffffff, 0x40000000, 0x4000ffff, 0x40010000, 0x4fffffff, 0x50000000]
  t.same(leaves.filter(isHypervisorLeaf), [0x40000000, 0x4000ffff])
  t.same(leaves.filter(isSoftwareLeaf), [0x40000000, 0x4000ffff, 0x40010000, 0x4fffffff])
  t.end()
})

t.test('a leaf belongs to the base at or before it', t => {
  t.same([0x40000000, 0x400000ff, 0x40000100, 0x4000ff01].map(baseOf).map(hex32), [
    '0x40000000',
    '0x40000000',
    '0x40000100',
    '0x4000ff00',
  ])
  t.end()
})

t.test('an absent leaf, and how a leaf is written', t => {
  t.same(zeroRegisters, { eax: 0, ebx: 0, ecx: 0, edx: 0 })
  t.same([0, 0x1a, 0xc0000000, -1].map(hex32), [
    '0x00000000',
    '0x0000001a',
    '0xc0000000',
    '0xffffffff',
  ])
  t.end()
})
