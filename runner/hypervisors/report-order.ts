import { groupOf } from './interface.js'

/** The order of hypervisors within a group. Those that are not named here come last. */
const hypervisors = ['kvm', 'hyperv', 'xen', 'vmware', 'acrn', 'jailhouse', 'bhyve'] as const

/**
 * The groups of interfaces in the order of records and reports, each with the order of its owners. A group or an owner that is
 * not named here comes last, so that a new one needs no entry.
 */
const groups: readonly (readonly [group: string, owners: readonly string[]])[] = [
  ['identity', hypervisors],
  ['banner', [...hypervisors, 'platform']],
  ['clock', ['platform', ...hypervisors]],
  ['timer', ['platform', ...hypervisors]],
  ['tsc-frequency', ['platform', ...hypervisors, 'common']],
  ['common', []],
  ...hypervisors.map(name => [name, []] as const),
  ['video', ['vmware', 'platform', 'common']],
  ['storage', ['vmware', 'common', 'platform', 'xen']],
  ['network', ['vmware', 'common', 'platform']],
  ['sata-mode', []],
]

interface Listed {
  readonly id: string
  readonly owner: string
}

/** Sorts interfaces into the order of records and reports. Those of one group and owner keep their order. */
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
