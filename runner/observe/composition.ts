import type { InterfaceOwner } from '../scenario/interface-ids.js'
import type { ObservedInterface } from './interfaces/observe-interfaces.js'

/** Whose interfaces a guest is made of, and whether that respects their classes. */
export interface Composition {
  /** The hypervisors of which the kernel adopted anything, sorted. */
  readonly owners: readonly InterfaceOwner[]
  /** Whether they are more than one. */
  readonly mixed: boolean
  /** What the classes forbid and the kernel did, a sentence each. */
  readonly violations: readonly string[]
}

/** Judges what was adopted by the classes of the interfaces. */
export function compositionOf(interfaces: readonly ObservedInterface[]): Composition {
  const adopted = interfaces.filter(({ adopted }) => adopted !== null)
  const owners = [...new Set(adopted.map(({ owner }) => owner).filter(isHypervisor))].sort()
  return {
    owners,
    mixed: owners.length > 1,
    violations: [
      ...twoOfOneGroup(adopted),
      ...adopted
        .filter(({ offered }) => offered === null)
        .map(({ id, adopted }) => `${id} was adopted though not offered: ${adopted ?? ''}`),
    ],
  }
}

function isHypervisor(owner: InterfaceOwner): boolean {
  return owner !== 'platform' && owner !== 'common'
}

function twoOfOneGroup(adopted: readonly ObservedInterface[]): string[] {
  const groups = new Map<string, string[]>()
  for (const { id } of adopted.filter(each => each.class === 'exclusive')) {
    const group = id.slice(0, id.indexOf('.'))
    groups.set(group, [...(groups.get(group) ?? []), id])
  }
  return [...groups]
    .filter(([, ids]) => ids.length > 1)
    .map(([group, ids]) => `${ids.join(' and ')} were adopted together; ${group} is exclusive`)
}
