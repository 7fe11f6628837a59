import {
  type InterfaceClass,
  type InterfaceId,
  interfaceIds,
  interfaceNames,
  type InterfaceOwner,
} from '../../scenario/interface-ids.js'
import { interfaceEvidence } from './evidence.js'
import type { InterfaceFacts } from './facts.js'

/** What became of one interface. */
export interface ObservedInterface {
  readonly id: InterfaceId
  readonly class: InterfaceClass
  readonly owner: InterfaceOwner
  /** The evidence that the machine offers it, or null. */
  readonly offered: string | null
  /** The evidence that the kernel took it up, or null. */
  readonly adopted: string | null
}

/** What became of every interface that was offered or adopted. */
export function observeInterfaces(facts: InterfaceFacts): ObservedInterface[] {
  return interfaceIds
    .map(id => ({
      id,
      class: interfaceNames[id].class,
      owner: interfaceNames[id].owner,
      offered: interfaceEvidence[id].offered(facts),
      adopted: interfaceEvidence[id].adopted(facts),
    }))
    .filter(({ offered, adopted }) => offered !== null || adopted !== null)
}
