import type { InterfaceEvidence } from './evidence.js'
import { findBase, type InterfaceFacts, says, signatureEvidence } from './facts.js'

// What a Xen offers beyond its hypercalls only its hypercalls tell.
const offered = (facts: InterfaceFacts) =>
  signatureEvidence('XenVMMXenVMM', findBase(facts, 'XenVMMXenVMM'))

/** Xen's paravirtual features. */
export const xenInterfaces = {
  'xen.event-channels': {
    source: 'Linux drivers/xen/events/events_base.c, xen_init_IRQ()',
    offered,
    adopted: says(/^xen:events: Using .* ABI/),
  },
  'xen.callback-vector': {
    source: 'Linux drivers/xen/events/events_base.c, xen_init_setup_upcall_vector()',
    offered,
    adopted: says(/^xen:events: Xen HVM callback vector for event delivery is enabled/),
  },
  'xen.grant-tables': {
    source: 'Linux drivers/xen/grant-table.c, gnttab_init()',
    offered,
    adopted: says(/^xen:grant_table: Grant tables using version \d layout/),
  },
  'xen.spinlocks': {
    source: 'Linux arch/x86/xen/spinlock.c, xen_init_spinlocks()',
    offered,
    adopted: says(/^xen: PV spinlocks enabled/),
  },
} as const satisfies Record<string, InterfaceEvidence>
