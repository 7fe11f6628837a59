import { groupOf } from './interface.js'

/** Of several hypervisors in one group; those that are not named here stand behind them. */
const hypervisors = ['kvm', 'hyperv', 'xen', 'vmware', 'acrn', 'jailhouse', 'bhyve'] as const

/**
 * The groups of interfaces (the part of an id before the dot) as records and reports list them, each with its owners in their
 * order. A group or an owner that is not named here stands behind those that are.
 */
const groups: readonly (readonly [group: string, owners: readonly string[]])[] = [
  ['identity', hypervisors],
  ['banner', [...hypervisors, 'platform']],
  ['clock', ['platform', ...hypervisors]],
  ['timer', ['platform', ...hypervisors]],
  ['tsc-frequency', ['platform', ...hypervisors, 'common']],
  ['common', []],
  ['kvm', []],
  ['hyperv', []],
  ['xen', []],
  ['video', ['vmware', 'platform', 'common']],
  ['storage', ['vmware', 'common', 'platform', 'xen']],
  ['network', ['vmware', 'common', 'platform']],
]

interface Listed {
  readonly id: string
  readonly owner: string
}

/** Interfaces in the order in which records and reports list them; those of one group and owner stay in theirs. */
export function inReportOrder<T extends Listed>(interfaces: readonly T[]): T[] {
  const placed = interfaces.map(each => ({ each, place: placeOf(each) }))
  return placed
    .toSorted(({ place: [a, c] }, { place: [b, d] }) => a - b || c - d)
    .map(({ each }) => each)
}

function placeOf({ id, owner }: Listed): [group: number, owner: number] {
  const group = groups.findIndex(([name]) => name === groupOf(id))
  return [orLast(group), orLast(groups[group]?.[1].indexOf(owner) ?? -1)]
}

function orLast(index: number): number {
  return index < 0 ? 1000 : index
}
