import { acrn } from './acrn.js'
import { bhyve } from './bhyve.js'
import { common } from './common.js'
import type { Hypervisor, Owner } from './hypervisor.js'
import { hyperv } from './hyperv.js'
import type { Interface } from './interface.js'
import { jailhouse } from './jailhouse.js'
import { kvm } from './kvm.js'
import { platform } from './platform.js'
import { inReportOrder } from './report-order.js'
import { vmware } from './vmware.js'
import { xen } from './xen.js'

// In the order of Linux' hypervisors[] (arch/x86/kernel/cpu/hypervisor.c).
const table = [xen, vmware, hyperv, kvm, jailhouse, acrn, bhyve] as const
const others = [platform, common] as const

type AnyOwner = (typeof table)[number] | (typeof others)[number]
type IdsOf<T> = T extends Owner ? keyof T['interfaces'] : never

/** A hypervisor that guise knows. */
export type HypervisorName = (typeof table)[number]['name']

/** Who defines an interface: a hypervisor, all of them in common, or the hardware platform. */
export type InterfaceOwner = AnyOwner['name']

/** The id of an interface, such as `clock.hpet`. */
export type InterfaceId = IdsOf<AnyOwner>

/** An interface with its id and its owner. */
export interface KnownInterface extends Interface {
  readonly id: InterfaceId
  readonly owner: InterfaceOwner
}

/** Every hypervisor, in the order in which Linux probes for them. */
export const hypervisors: readonly (Hypervisor & { readonly name: HypervisorName })[] = table

/** Every owner of interfaces. */
export const owners: readonly (Owner & { readonly name: InterfaceOwner })[] = [...table, ...others]

/** Every interface, in the order in which records and reports list them. */
export const interfaces: readonly KnownInterface[] = inReportOrder(
  owners.flatMap(({ name: owner, interfaces }) =>
    Object.entries(interfaces).map(([id, each]) => ({ ...each, id: id as InterfaceId, owner })),
  ),
)

const hypervisorsByName = new Map<string, Hypervisor>(hypervisors.map(each => [each.name, each]))
const interfacesById = new Map<string, KnownInterface>(interfaces.map(each => [each.id, each]))

/** The names of the hypervisors. */
export const hypervisorNames = hypervisors.map(({ name }) => name) as [
  HypervisorName,
  ...HypervisorName[],
]

/** The names of the owners. */
export const ownerNames = owners.map(({ name }) => name) as [InterfaceOwner, ...InterfaceOwner[]]

/** The ids of the interfaces, in the order in which records and reports list them. */
export const interfaceIds = interfaces.map(({ id }) => id) as [InterfaceId, ...InterfaceId[]]

/** The hypervisor of this name. */
export function hypervisorOf(name: HypervisorName): Hypervisor
export function hypervisorOf(name: string): Hypervisor | undefined
export function hypervisorOf(name: string): Hypervisor | undefined {
  return hypervisorsByName.get(name)
}

/** The interface of this id. */
export function interfaceOf(id: InterfaceId): KnownInterface
export function interfaceOf(id: string): KnownInterface | undefined
export function interfaceOf(id: string): KnownInterface | undefined {
  return interfacesById.get(id)
}

/**
 * The hypervisor that the kernel means by a name: behind `Hypervisor detected: `, in its paravirt banner, or in
 * /sys/hypervisor/type, which has the short name.
 */
export function hypervisorNamed(text: string): HypervisorName | undefined {
  return hypervisors.find(
    ({ name, namedBy }) => name === text || namedBy.some(pattern => pattern.test(text)),
  )?.name
}
