import { ofDevice } from './devices.js'
import { clock, clockEvent, says, signatureAt } from './evidence.js'
import type { Hypervisor } from './hypervisor.js'
import { identity, paravirtBanner } from './identity.js'
import { exclusive, paravirtual } from './interface.js'

const rule = { signature: 'XenVMMXenVMM', bases: 'all' } as const
// Only Xen's hypercalls tell what it offers, such as whether its pvclock may be used on HVM. The leaves show the hypercalls alone.
const offered = signatureAt(rule)
const name = /^Xen /
const asClock = clock('xen')

/** Xen, as an HVM guest sees it (Linux arch/x86/xen/, drivers/xen/). */
export const xen = {
  name: 'xen',
  title: 'Xen HVM',
  namedBy: [name],
  signature: rule.signature,
  // Xen xen/include/public/arch-x86/cpuid.h: version 4.17, one hypercall page by MSR 0x40000000.
  block: { highest: 4, leaves: { 1: { eax: 0x0004_0011 }, 2: { eax: 1, ebx: 0x40000000 } } },
  // Xen xen/include/public/arch-x86/cpuid.h: XEN_HVM_CPUID_*.
  presence:
    'its hypercall page is called at once (Linux arch/x86/xen/enlighten_hvm.c, xen_hvm_guest_init())',
  bits: {
    4: {
      eax: {
        0: 'APIC_ACCESS_VIRT',
        1: 'X2APIC_VIRT',
        2: 'IOMMU_MAPPINGS',
        3: 'VCPU_ID_PRESENT',
        4: 'DOMID_PRESENT',
        5: 'EXT_DEST_ID',
        6: 'UPCALL_VECTOR',
      },
    },
  },
  probe: { bases: rule.bases, withoutBit: true, leastLeaves: 2, ignoresNopv: true },
  symbols: ['HYPERVISOR_GUEST', 'XEN_PVHVM'],
  speaks: /^(?:xen(?::[\w-]+|_\w+)?: |Xen\b)/i,
  telling: [/^Xen:? /i],
  qemuProperties: /^xen/,
  interfaces: {
    'identity.xen': identity('arch/x86/xen/enlighten_hvm.c', offered, name),
    'banner.xen': paravirtBanner(offered, name),
    'clock.xen': {
      ...paravirtual,
      source: 'Linux arch/x86/xen/time.c, xen_hvm_init_time_ops()',
      offered,
      adopted: asClock,
    },
    'timer.xen': {
      ...paravirtual,
      source: 'Linux arch/x86/xen/time.c, xen_setup_timer()',
      offered,
      adopted: clockEvent('xen'),
    },
    'tsc-frequency.xen': {
      ...exclusive,
      // xen_tsc_khz() goes with the clock.
      source: 'Linux arch/x86/xen/time.c, xen_hvm_init_time_ops()',
      offered,
      adopted: asClock,
    },
    'xen.event-channels': {
      ...paravirtual,
      source: 'Linux drivers/xen/events/events_base.c, xen_init_IRQ()',
      offered,
      adopted: says(/^xen:events: Using .* ABI/),
    },
    'xen.callback-vector': {
      ...paravirtual,
      source: 'Linux drivers/xen/events/events_base.c, xen_init_setup_upcall_vector()',
      offered,
      adopted: says(/^xen:events: Xen HVM callback vector for event delivery is enabled/),
    },
    'xen.grant-tables': {
      ...paravirtual,
      source: 'Linux drivers/xen/grant-table.c, gnttab_init()',
      offered,
      adopted: says(/^xen:grant_table: Grant tables using version \d layout/),
    },
    'xen.spinlocks': {
      ...paravirtual,
      source: 'Linux arch/x86/xen/spinlock.c, xen_init_spinlocks()',
      offered,
      adopted: says(/^xen: PV spinlocks enabled/),
    },
    'storage.xen-blkfront': {
      ...paravirtual,
      ...ofDevice(
        'Linux drivers/block/xen-blkfront.c: devices of type vbd on the bus xen',
        device => device.bus === 'xen' && device.name.startsWith('vbd-'),
        'vbd',
      ),
    },
  },
} as const satisfies Hypervisor
