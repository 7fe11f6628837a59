import t from 'tap'
import { registerNames } from '../../runner/cpuid/leaf.js'
import { bitNames } from '../../runner/hypervisors/bit-names.js'
import { hypervisors } from '../../runner/hypervisors/table.js'

// Signature, leaf, register: the names by the numbers of their bits, as Linux 6.1 has them; HYPERV_NESTED is of 6.3.
const names: Record<string, Record<number, string>> = {
  // arch/x86/include/uapi/asm/kvm_para.h
  'KVMKVMKVM 1 eax': {
    ...{ 0: 'CLOCKSOURCE', 1: 'NOP_IO_DELAY', 2: 'MMU_OP', 3: 'CLOCKSOURCE2', 4: 'ASYNC_PF' },
    ...{ 5: 'STEAL_TIME', 6: 'PV_EOI', 7: 'PV_UNHALT', 9: 'PV_TLB_FLUSH', 10: 'ASYNC_PF_VMEXIT' },
    ...{ 11: 'PV_SEND_IPI', 12: 'POLL_CONTROL', 13: 'PV_SCHED_YIELD', 14: 'ASYNC_PF_INT' },
    ...{ 15: 'MSI_EXT_DEST_ID', 16: 'HC_MAP_GPA_RANGE', 17: 'MIGRATION_CONTROL' },
    ...{ 24: 'CLOCKSOURCE_STABLE_BIT' },
  },
  'KVMKVMKVM 1 edx': { 0: 'HINTS_REALTIME' },
  // arch/x86/include/asm/xen/cpuid.h
  'XenVMMXenVMM 4 eax': {
    ...{ 0: 'APIC_ACCESS_VIRT', 1: 'X2APIC_VIRT', 2: 'IOMMU_MAPPINGS', 3: 'VCPU_ID_PRESENT' },
    ...{ 4: 'DOMID_PRESENT', 5: 'EXT_DEST_ID', 6: 'UPCALL_VECTOR' },
  },
  // include/asm-generic/hyperv-tlfs.h
  'Microsoft Hv 3 eax': {
    ...{ 0: 'VP_RUNTIME', 1: 'TIME_REF_COUNT', 2: 'SYNIC', 3: 'SYNTIMER', 4: 'APIC_ACCESS' },
    ...{ 5: 'HYPERCALL', 6: 'VP_INDEX', 7: 'RESET', 8: 'STAT_PAGES', 9: 'REFERENCE_TSC' },
    ...{ 10: 'GUEST_IDLE', 11: 'ACCESS_FREQUENCY_MSRS', 13: 'ACCESS_REENLIGHTENMENT' },
    ...{ 15: 'ACCESS_TSC_INVARIANT' },
  },
  // include/asm-generic/hyperv-tlfs.h
  'Microsoft Hv 3 ebx': {
    ...{ 4: 'POST_MESSAGES', 5: 'SIGNAL_EVENTS', 20: 'EXTENDED_HYPERCALLS', 22: 'ISOLATION' },
  },
  // arch/x86/include/asm/hyperv-tlfs.h
  'Microsoft Hv 3 edx': { 8: 'FREQUENCY_MSRS', 10: 'GUEST_CRASH_MSR', 19: 'STIMER_DIRECT_MODE' },
  'Microsoft Hv 4 eax': {
    ...{ 0: 'AS_SWITCH', 1: 'LOCAL_TLB_FLUSH', 2: 'REMOTE_TLB_FLUSH', 3: 'APIC_ACCESS' },
    ...{ 4: 'SYSTEM_RESET', 5: 'RELAXED_TIMING', 9: 'DEPRECATING_AEOI', 10: 'CLUSTER_IPI' },
    ...{ 11: 'EX_PROCESSOR_MASKS', 12: 'HYPERV_NESTED', 14: 'ENLIGHTENED_VMCS' },
  },
}

t.test('every bit of every leaf has the name that Linux has for it, or none', t => {
  const places = hypervisors.flatMap(({ signature }) =>
    [...Array(0x20).keys()].flatMap(leaf =>
      registerNames.map(register => ({ signature, leaf, register })),
    ),
  )
  const isKnown = new Set(places.map(place => Object.values(place).join(' ')))
  for (const place of Object.keys(names)) t.ok(isKnown.has(place), place)
  for (const { signature, leaf, register } of places) {
    const place = `${signature} ${leaf} ${register}`
    const found = [...Array(32).keys()].map(number =>
      bitNames(signature, 0x40000000 + leaf, register, (1 << number) >>> 0).join(),
    )
    t.same(
      found,
      found.map((_, number) => names[place]?.[number] ?? ''),
      place,
    )
  }
  t.end()
})

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
