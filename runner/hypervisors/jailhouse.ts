import { signatureAt } from './evidence.js'
import type { Hypervisor } from './hypervisor.js'
import { identity } from './identity.js'

const rule = { signature: 'Jailhouse', bases: 'all' } as const
const name = /^Jailhouse$/

/** Jailhouse (Linux arch/x86/kernel/jailhouse.c). */
export const jailhouse = {
  name: 'jailhouse',
  title: 'Jailhouse',
  namedBy: [name],
  signature: rule.signature,
  block: { highest: 1 },
  presence: 'it must have brought setup data (jailhouse_init_platform() panics without)',
  probe: { bases: rule.bases, ignoresNopv: true },
  symbols: ['HYPERVISOR_GUEST', 'JAILHOUSE_GUEST'],
  speaks: /^jailhouse: /i,
  telling: [/^Jailhouse:? /i],
  interfaces: {
    'identity.jailhouse': identity('arch/x86/kernel/jailhouse.c', signatureAt(rule), name),
  },
} as const satisfies Hypervisor
