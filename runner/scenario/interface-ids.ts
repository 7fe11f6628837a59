/** The classes of the 2008 argument (DESIGN.md, section 1). */
export type InterfaceClass = 'exclusive' | 'independent' | 'common'

/** The hypervisors that define interfaces. */
export const hypervisorOwners = [
  'kvm',
  'hyperv',
  'xen',
  'vmware',
  'acrn',
  'jailhouse',
  'bhyve',
] as const

/** See {@link hypervisorOwners}. */
export type HypervisorOwner = (typeof hypervisorOwners)[number]

/** Who defines an interface: a hypervisor, all of them in common, or the hardware platform. */
export type InterfaceOwner = HypervisorOwner | 'common' | 'platform'

/** What is true of an interface on any machine. */
export interface InterfaceRow {
  readonly class: InterfaceClass
  readonly owner: InterfaceOwner
  /**
   * Whether it is a part of its owner's paravirtual ABI, which a kernel takes up only where that owner has won the identity.
   * A clock or a device that stands for itself is not.
   */
  readonly presumesIdentity?: true
  /** Whether an exclusive one is a mode of a single device, of which there may be several, each in its own. */
  readonly ofOneDevice?: true
  /** Whether kernels may use it without a word: that its adoption is not seen then says nothing. */
  readonly silent?: true
}

const exclusive = (owner: InterfaceOwner) => ({ class: 'exclusive', owner }) as const
const independent = (owner: InterfaceOwner) => ({ class: 'independent', owner }) as const
const common = { class: 'common', owner: 'common' } as const
const modeOfDevice = { class: 'exclusive', owner: 'platform', ofOneDevice: true } as const
const silent = (owner: InterfaceOwner) =>
  ({ class: 'independent', owner, presumesIdentity: true, silent: true }) as const
const paravirtual = (owner: InterfaceOwner) =>
  ({ class: 'independent', owner, presumesIdentity: true }) as const

/**
 * Every interface that guise knows, by its id. Of an exclusive group (the part of the id before the dot) a kernel has at
 * most one. How each is offered and adopted stands, with its source, in observe/interfaces/.
 */
export const interfaceNames = {
  'identity.kvm': exclusive('kvm'),
  'identity.hyperv': exclusive('hyperv'),
  'identity.xen': exclusive('xen'),
  'identity.vmware': exclusive('vmware'),
  'identity.acrn': exclusive('acrn'),
  'identity.jailhouse': exclusive('jailhouse'),
  'identity.bhyve': exclusive('bhyve'),
  'banner.kvm': exclusive('kvm'),
  'banner.hyperv': exclusive('hyperv'),
  'banner.xen': exclusive('xen'),
  'banner.vmware': exclusive('vmware'),
  'banner.bare-hardware': exclusive('platform'),
  'clock.tsc': independent('platform'),
  'clock.hpet': independent('platform'),
  'clock.acpi-pm': independent('platform'),
  'clock.kvm': paravirtual('kvm'),
  'clock.hyperv-tsc-page': paravirtual('hyperv'),
  'clock.hyperv-msr': paravirtual('hyperv'),
  'clock.xen': paravirtual('xen'),
  'clock.vmware-sched': paravirtual('vmware'),
  'timer.lapic': independent('platform'),
  'timer.tsc-deadline': independent('platform'),
  'timer.hpet': independent('platform'),
  'timer.pit': independent('platform'),
  'timer.hyperv': paravirtual('hyperv'),
  'timer.xen': paravirtual('xen'),
  'tsc-frequency.calibration': exclusive('platform'),
  'tsc-frequency.kvm': exclusive('kvm'),
  'tsc-frequency.hyperv': exclusive('hyperv'),
  'tsc-frequency.xen': exclusive('xen'),
  'tsc-frequency.vmware': exclusive('vmware'),
  'tsc-frequency.timing-leaf': exclusive('common'),
  'common.timing-leaf': common,
  'kvm.spinlocks': paravirtual('kvm'),
  'kvm.ipis': paravirtual('kvm'),
  'kvm.tlb-flush': paravirtual('kvm'),
  'kvm.sched-yield': paravirtual('kvm'),
  'kvm.eoi': silent('kvm'),
  'kvm.steal-time': silent('kvm'),
  'kvm.async-pf': silent('kvm'),
  'hyperv.spinlocks': paravirtual('hyperv'),
  'hyperv.ipis': paravirtual('hyperv'),
  'hyperv.tlb-flush': paravirtual('hyperv'),
  'hyperv.apic': paravirtual('hyperv'),
  'hyperv.synic': paravirtual('hyperv'),
  'hyperv.reenlightenment': paravirtual('hyperv'),
  'xen.event-channels': paravirtual('xen'),
  'xen.callback-vector': paravirtual('xen'),
  'xen.grant-tables': paravirtual('xen'),
  'xen.spinlocks': paravirtual('xen'),
  'video.vmware-svga': independent('vmware'),
  'video.bochs': independent('platform'),
  'video.virtio-gpu': common,
  'storage.pvscsi': independent('vmware'),
  'storage.virtio-blk': common,
  'storage.virtio-scsi': common,
  'storage.nvme': independent('platform'),
  'storage.xen-blkfront': paravirtual('xen'),
  'network.vmxnet3': independent('vmware'),
  'network.virtio-net': common,
  'network.e1000': independent('platform'),
  'sata-mode.ide': modeOfDevice,
  'sata-mode.ahci': modeOfDevice,
} as const satisfies Record<string, InterfaceRow>

/** The id of an interface, such as `clock.hpet`. */
export type InterfaceId = keyof typeof interfaceNames

/** Every id, in the order in which reports list them. */
export const interfaceIds = Object.keys(interfaceNames) as [InterfaceId, ...InterfaceId[]]
