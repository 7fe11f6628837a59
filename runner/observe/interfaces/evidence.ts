import type { InterfaceId } from '../../scenario/interface-ids.js'
import { clockInterfaces } from './clocks.js'
import type { InterfaceFacts } from './facts.js'
import { identityInterfaces } from './identities.js'
import { timingLeaf } from './timing-leaf.js'

/** How one interface shows. Each function returns the evidence in words, or null where there is none. */
export interface InterfaceEvidence {
  /** That the machine offers it, by CPUID or by the machine itself. */
  readonly offered: (facts: InterfaceFacts) => string | null
  /** That the kernel took it up. */
  readonly adopted: (facts: InterfaceFacts) => string | null
}

/** The evidence for every interface. */
export const interfaceEvidence: Readonly<Record<InterfaceId, InterfaceEvidence>> = {
  ...identityInterfaces,
  ...clockInterfaces,
  'common.timing-leaf': timingLeaf,
}
