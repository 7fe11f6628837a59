import type { InterfaceId } from '../../scenario/interface-ids.js'
import { clockInterfaces } from './clocks.js'
import { deviceInterfaces } from './device-interfaces.js'
import type { InterfaceFacts } from './facts.js'
import { hypervInterfaces } from './hyperv-features.js'
import { identityInterfaces } from './identities.js'
import { kvmInterfaces } from './kvm-features.js'
import { timerInterfaces } from './timers.js'
import { timingLeaf } from './timing-leaf.js'
import { tscFrequencyInterfaces } from './tsc-frequency.js'
import { xenInterfaces } from './xen-features.js'

/** How one interface shows. Each function returns the evidence in words, or null where there is none. */
export interface InterfaceEvidence {
  /** Where it is laid down how that shows: a specification, a file of Linux or QEMU. */
  readonly source: string
  /** That the machine offers it, by CPUID or by the machine itself. */
  readonly offered: (facts: InterfaceFacts) => string | null
  /** That the kernel took it up. */
  readonly adopted: (facts: InterfaceFacts) => string | null
}

/** The evidence for every interface. */
export const interfaceEvidence: Readonly<Record<InterfaceId, InterfaceEvidence>> = {
  ...identityInterfaces,
  ...clockInterfaces,
  ...timerInterfaces,
  ...tscFrequencyInterfaces,
  'common.timing-leaf': timingLeaf,
  ...kvmInterfaces,
  ...hypervInterfaces,
  ...xenInterfaces,
  ...deviceInterfaces,
}
