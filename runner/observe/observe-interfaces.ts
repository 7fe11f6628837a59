import type { Evidence } from '../hypervisors/evidence.js'
import type { Facts } from '../hypervisors/facts.js'
import type { InterfaceClass } from '../hypervisors/interface.js'
import { type InterfaceId, type InterfaceOwner, interfaces } from '../hypervisors/table.js'

/** What became of one interface. */
export interface ObservedInterface {
  readonly id: InterfaceId
  readonly class: InterfaceClass
  readonly owner: InterfaceOwner
  /** The evidence that the machine offers it, or null. */
  readonly offered: Evidence | null
  /** The evidence that the kernel took it up, or null. */
  readonly adopted: Evidence | null
}

/** What became of every interface that was offered or adopted. */
export function observeInterfaces(facts: Facts): ObservedInterface[] {
  return interfaces
    .map(({ id, class: kind, owner, offered, adopted }) => ({
      id,
      class: kind,
      owner,
      offered: offered(facts),
      adopted: adopted(facts),
    }))
    .filter(({ offered, adopted }) => offered !== null || adopted !== null)
}
