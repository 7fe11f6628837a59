import { signatureAt } from './evidence.js'
import type { Hypervisor } from './hypervisor.js'
import { identity } from './identity.js'

const rule = { signature: 'bhyve bhyve ', bases: 'all' } as const
const name = /^Bhyve$/i

/** bhyve (Linux arch/x86/kernel/cpu/bhyve.c, since 6.18). */
export const bhyve = {
  name: 'bhyve',
  title: 'Bhyve',
  namedBy: [name],
  signature: rule.signature,
  // FreeBSD sys/amd64/vmm/x86.c
  block: { highest: 1 },
  probe: { bases: rule.bases, returnsHighest: true },
  symbols: ['HYPERVISOR_GUEST', 'BHYVE_GUEST'],
  speaks: /^bhyve: /i,
  telling: [],
  interfaces: {
    'identity.bhyve': identity('arch/x86/kernel/cpu/bhyve.c', signatureAt(rule), name),
  },
} as const satisfies Hypervisor
