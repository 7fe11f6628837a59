import t from 'tap'
import { hypervisorOf, type HypervisorName } from '../../runner/hypervisors/table.js'
import { candidates, type Leaves } from '../hypervisors/guest.js'

type Layout = readonly (readonly [HypervisorName, number])[]

const found = (layout: Layout, changes: Leaves = {}) =>
  candidates(
    layout.map(([name, base]) => [hypervisorOf(name), base] as const),
    changes,
  )

const names = (...of: Parameters<typeof found>) => found(...of).map(({ name }) => name)

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

t.test('bhyve returns its highest leaf, and so may win from below', t => {
  const layout = [
    ['bhyve', 0x40000000],
    ['kvm', 0x40000100],
  ] as const
  t.same(names(layout), ['KVM', 'Bhyve'])
  t.same(names(layout, { 0x40000000: { eax: 0x40000200 } }), ['Bhyve', 'KVM'])
  t.same(names(layout, { 0x40000000: { eax: 0x40000100 } }), ['KVM', 'Bhyve'], 'the first of two')
  t.end()
})

t.test('of two bases with one signature the first counts', t => {
  t.same(
    found([
      ['kvm', 0x40000200],
      ['kvm', 0x40000100],
    ]).map(({ base }) => base),
    [0x40000100],
  )
  t.end()
})

t.test('what does not count stands behind what does', t => {
  const layout = [
    ['xen', 0x40000000],
    ['kvm', 0x40000100],
  ] as const
  t.same(
    found(layout, { 1: { ecx: 0 } }).map(({ name, refused }) => [name, refused === null]),
    [
      ['Xen HVM', true],
      ['KVM', false],
    ],
  )
  t.end()
})
