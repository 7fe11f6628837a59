import { signatureAt } from './evidence.js'
import type { Hypervisor } from './hypervisor.js'
import { identity } from './identity.js'

const rule = { signature: 'ACRNACRNACRN', bases: 'all' } as const
const name = /^ACRN$/

/** ACRN (Linux arch/x86/kernel/cpu/acrn.c). */
export const acrn = {
  name: 'acrn',
  title: 'ACRN',
  namedBy: [name],
  signature: rule.signature,
  // ACRN hypervisor/arch/x86/guest/vcpuid.c: the TSC's kHz in the timing leaf.
  block: { highest: 0x10, leaves: { 0x10: { eax: 2_000_000 } } },
  probe: { bases: rule.bases },
  symbols: ['HYPERVISOR_GUEST', 'ACRN_GUEST'],
  speaks: /^acrn: /i,
  telling: [/^ACRN:? /i],
  interfaces: {
    'identity.acrn': identity('arch/x86/kernel/cpu/acrn.c', signatureAt(rule), name),
  },
} as const satisfies Hypervisor
