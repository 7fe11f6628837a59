import t from 'tap'
import { bitNames } from '../../runner/hypervisors/bit-names.js'

t.test('the names of bits, by the signature of their base', t => {
  t.same(bitNames('KVMKVMKVM', 0x40000001, 'eax', 0b1001), ['CLOCKSOURCE', 'CLOCKSOURCE2'])
  t.same(bitNames('KVMKVMKVM', 0x40000101, 'edx', 1), ['HINTS_REALTIME'])
  t.same(bitNames('Microsoft Hv', 0x40000003, 'eax', 0x60), ['HYPERCALL', 'VP_INDEX'])
  t.same(bitNames('Microsoft Hv', 0x40000004, 'eax', 1 << 10), ['CLUSTER_IPI'])
  t.same(bitNames('XenVMMXenVMM', 0x40000204, 'eax', 0b1001), [
    'APIC_ACCESS_VIRT',
    'VCPU_ID_PRESENT',
  ])
  t.end()
})

t.test('what has no name is not named', t => {
  t.same(bitNames('KVMKVMKVM', 0x40000001, 'eax', 0), [])
  t.same(bitNames('KVMKVMKVM', 0x40000001, 'eax', 1 << 8), [])
  t.same(bitNames('KVMKVMKVM', 0x40000001, 'ebx', 1), [])
  t.same(bitNames('KVMKVMKVM', 0x40000002, 'eax', 1), [])
  t.same(bitNames('VMwareVMware', 0x40000010, 'eax', 0xffffffff), [])
  t.same(bitNames('KVMKVMKVM', 0x80000001, 'eax', 1), [])
  t.end()
})

t.test('the hypervisor bit', t => {
  t.same(bitNames('', 1, 'ecx', 0x80000000), ['HYPERVISOR'])
  t.same(bitNames('', 1, 'ecx', 0x7fffffff), [])
  t.same(bitNames('', 1, 'edx', 0x80000000), [])
  t.same(bitNames('', 7, 'ecx', 0x80000000), [])
  t.end()
})
