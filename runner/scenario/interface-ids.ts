/** The classes of the 2008 argument (DESIGN.md, section 1). */
export type InterfaceClass = 'exclusive' | 'independent' | 'common'

/** Who defines an interface: a hypervisor, all of them in common, or the hardware platform. */
export type InterfaceOwner = 'kvm' | 'hyperv' | 'xen' | 'vmware' | 'common' | 'platform'

interface InterfaceName {
  readonly class: InterfaceClass
  readonly owner: InterfaceOwner
}

/**
 * Every interface that guise knows, by its id. Of an exclusive group (the part of the id before the dot) a kernel has
 * at most one. How each is offered and adopted stands in observe/interfaces/.
 */
export const interfaceNames = {
  'identity.kvm': { class: 'exclusive', owner: 'kvm' },
  'identity.hyperv': { class: 'exclusive', owner: 'hyperv' },
  'identity.xen': { class: 'exclusive', owner: 'xen' },
  'identity.vmware': { class: 'exclusive', owner: 'vmware' },
  'banner.kvm': { class: 'exclusive', owner: 'kvm' },
  'banner.hyperv': { class: 'exclusive', owner: 'hyperv' },
  'banner.xen': { class: 'exclusive', owner: 'xen' },
  'banner.vmware': { class: 'exclusive', owner: 'vmware' },
  'banner.bare-hardware': { class: 'exclusive', owner: 'platform' },
  'clock.tsc': { class: 'independent', owner: 'platform' },
  'clock.hpet': { class: 'independent', owner: 'platform' },
  'clock.acpi-pm': { class: 'independent', owner: 'platform' },
  'clock.kvm': { class: 'independent', owner: 'kvm' },
  'clock.hyperv-tsc-page': { class: 'independent', owner: 'hyperv' },
  'clock.hyperv-msr': { class: 'independent', owner: 'hyperv' },
  'clock.xen': { class: 'independent', owner: 'xen' },
  'common.timing-leaf': { class: 'common', owner: 'common' },
} as const satisfies Record<string, InterfaceName>

/** The id of an interface, such as `clock.hpet`. */
export type InterfaceId = keyof typeof interfaceNames

/** Every id, in the order in which reports list them. */
export const interfaceIds = Object.keys(interfaceNames) as [InterfaceId, ...InterfaceId[]]
