import { groupOf } from '../hypervisors/interface.js'
import { interfaceOf, interfaces } from '../hypervisors/table.js'
import type { GuiseRecord } from '../record/schema.js'

/** Whether a guest uses interfaces of several hypervisors, and by which right; a line each. */
export function mixedLines(record: GuiseRecord): string[] {
  const { owners, mixed } = record.composition
  if (owners.length === 0) return ['no: nothing of any hypervisor was adopted']
  if (!mixed) return [`no: of hypervisors, only ${owners.join()}'s interfaces`]
  return [
    `yes: interfaces of ${owners.join(' and ')} side by side`,
    ...owners.flatMap(owner => (hasIdentity(record, owner) ? [] : rightOf(record, owner))),
  ]
}

function hasIdentity(record: GuiseRecord, owner: string): boolean {
  return record.interfaces.some(
    each => each.owner === owner && groupOf(each.id) === 'identity' && each.adopted !== null,
  )
}

/** By which right interfaces of a hypervisor are used that has not the identity, and what is not offered with them. */
function rightOf(record: GuiseRecord, owner: string): string[] {
  const broken = record.composition.violations.flatMap(violation => violation.interfaces)
  const standing = record.interfaces.filter(
    ({ id, owner: whose, adopted }) =>
      whose === owner && adopted !== null && isIndependent(id) && !broken.includes(id),
  )
  if (standing.length === 0) return []
  const ids = standing.map(({ id }) => id).join(', ')
  const shown = new Set<string>(record.interfaces.map(({ id }) => id))
  const without = interfaces.filter(({ id, owner: whose }) => whose === owner && !shown.has(id))
  const rest = without.map(({ id }) => id).filter(isOfItself)
  const more = rest.length === 0 ? '' : `; not offered with it: ${rest.join(', ')}`
  return [
    `allowed: ${ids} of ${owner} is independent, an interface that stands for itself, whoever the hypervisor is${more}`,
  ]
}

function isIndependent(id: GuiseRecord['interfaces'][number]['id']): boolean {
  const { class: kind, presumesIdentity } = interfaceOf(id)
  return kind === 'independent' && presumesIdentity !== true
}

/** Whether it is more than a name, or what follows from one. */
function isOfItself(id: string): boolean {
  return !['banner', 'tsc-frequency'].includes(groupOf(id))
}
