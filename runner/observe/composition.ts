import type { Evidence } from '../hypervisors/evidence.js'
import { groupOf } from '../hypervisors/interface.js'
import {
  hypervisorOf,
  type InterfaceId,
  interfaceOf,
  type InterfaceOwner,
} from '../hypervisors/table.js'
import type { ObservedInterface } from './observe-interfaces.js'

/** The rules that a composition can break. */
export const compositionRules = ['two-of-one-group', 'not-offered', 'lost-identity'] as const

/** See {@link compositionRules}. */
export type CompositionRule = (typeof compositionRules)[number]

/** What the classes forbid and the kernel did. */
export interface Violation {
  readonly rule: CompositionRule
  readonly interfaces: readonly InterfaceId[]
  /** What shows it: the lines and facts by which those interfaces were seen to be adopted. */
  readonly evidence: readonly string[]
}

/** Whose interfaces a guest is made of, and whether that respects their classes. */
export interface Composition {
  /** The hypervisors of which the kernel adopted anything, sorted. */
  readonly owners: readonly InterfaceOwner[]
  /** Whether they are more than one. */
  readonly mixed: boolean
  readonly violations: readonly Violation[]
}

type Adopted = ObservedInterface & { readonly adopted: Evidence }

/**
 * Judges what was adopted by the classes of the interfaces.
 *
 * @param offersKnown - whether all that the machine offers is known: not where a guest died before it could dump its CPUID
 */
export function compositionOf(
  interfaces: readonly ObservedInterface[],
  offersKnown: boolean,
): Composition {
  const adopted = interfaces.filter((each): each is Adopted => each.adopted !== null)
  const owners = [...new Set(adopted.map(({ owner }) => owner).filter(isHypervisor))].sort()
  return {
    owners,
    mixed: owners.length > 1,
    violations: [
      ...twoOfOneGroup(adopted),
      ...(offersKnown ? notOffered(adopted) : []),
      ...lostIdentity(interfaces, adopted),
    ],
  }
}

/** One sentence for a violation, its evidence included. */
export function formatViolation({ rule, interfaces, evidence }: Violation): string {
  const shown = `(${evidence.join('; ')})`
  const [first = '', ...others] = interfaces
  switch (rule) {
    case 'two-of-one-group':
      return `${[first, ...others].join(' and ')} were adopted together, and ${groupOf(first)} is exclusive ${shown}`
    case 'not-offered':
      return `${first} was adopted, and the machine does not offer it ${shown}`
    case 'lost-identity':
      return `${first} was adopted, and its hypervisor has not won the identity ${shown}`
  }
}

function isHypervisor(owner: InterfaceOwner): boolean {
  return hypervisorOf(owner) !== undefined
}

function violation(rule: CompositionRule, ...interfaces: readonly Adopted[]): Violation {
  return {
    rule,
    interfaces: interfaces.map(({ id }) => id),
    evidence: interfaces.map(({ adopted }) => adopted.text),
  }
}

function twoOfOneGroup(adopted: readonly Adopted[]): Violation[] {
  const groups = new Map<string, Adopted[]>()
  for (const each of adopted.filter(each => each.class === 'exclusive')) {
    const group = exclusiveGroupOf(each)
    groups.set(group, [...(groups.get(group) ?? []), each])
  }
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map(members => violation('two-of-one-group', ...members))
}

function notOffered(adopted: readonly Adopted[]): Violation[] {
  return adopted
    .filter(({ offered }) => offered === null)
    .map(each => violation('not-offered', each))
}

/** Parts of a paravirtual ABI that were taken up although another hypervisor, or none, has the identity. */
function lostIdentity(
  interfaces: readonly ObservedInterface[],
  adopted: readonly Adopted[],
): Violation[] {
  const lost = interfaces
    .filter(({ id, adopted }) => groupOf(id) === 'identity' && adopted === null)
    .map(({ owner }) => owner)
  return adopted
    .filter(({ id, owner }) => interfaceOf(id).presumesIdentity === true && lost.includes(owner))
    .map(each => violation('lost-identity', each))
}

/** Of which an interface must be the only one: its group, or for a mode of a device that group of that very device. */
function exclusiveGroupOf({ id, adopted }: Adopted): string {
  return interfaceOf(id).ofOneDevice === true
    ? `${groupOf(id)} of ${adopted.device ?? ''}`
    : groupOf(id)
}
