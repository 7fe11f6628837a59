import type { ObservedDevice } from '../devices.js'
import type { InterfaceEvidence } from './evidence.js'
import type { InterfaceFacts } from './facts.js'

type Matches = (device: ObservedDevice) => boolean

const byId =
  (bus: string, vendor: string, ...ids: readonly string[]): Matches =>
  device =>
    device.bus === bus && device.vendor === vendor && ids.includes(device.device ?? '')

const byClass =
  (digits: string): Matches =>
  device =>
    device.bus === 'pci' && device.class?.startsWith(digits) === true

function shownBy(device: ObservedDevice | undefined): string | null {
  if (device === undefined) return null
  const { bus, name, vendor, device: id, class: code } = device
  return `${bus} ${name}: ${vendor ?? ''}:${id ?? ''}${code === null ? '' : ` class ${code}`}`
}

function boundBy(device: ObservedDevice | undefined): string | null {
  return device === undefined
    ? null
    : `${device.bus} ${device.name} bound to ${device.driver ?? ''}`
}

/** A device that is offered by being there, and adopted by one of these drivers. */
function deviceInterface(
  source: string,
  matches: Matches,
  ...drivers: readonly string[]
): InterfaceEvidence {
  const isBound = (device: ObservedDevice) => drivers.includes(device.driver ?? '')
  return {
    source,
    offered: ({ devices }) => shownBy(devices.find(matches)),
    adopted: ({ devices }) => boundBy(devices.find(device => matches(device) && isBound(device))),
  }
}

/**
 * A mode of a SATA function: its class code says in which it is, and a driver of one mode can do nothing with a function in the
 * other. A function that such a driver has taken is offered only where its own class code says so.
 */
function sataMode(
  source: string,
  inMode: Matches,
  ...drivers: readonly string[]
): InterfaceEvidence {
  const bound = ({ devices }: InterfaceFacts) =>
    devices.find(({ bus, driver }) => bus === 'pci' && drivers.includes(driver ?? ''))
  return {
    source,
    offered: facts => {
      const device = bound(facts) ?? facts.devices.find(inMode)
      return device !== undefined && inMode(device) ? shownBy(device) : null
    },
    adopted: facts => boundBy(bound(facts)),
  }
}

/** Video, storage and network: independent of whose identity the kernel has found, each driver asks for its own device alone. */
export const deviceInterfaces = {
  'video.vmware-svga': deviceInterface(
    'Linux drivers/gpu/drm/vmwgfx/vmwgfx_drv.c, 15ad:0405; QEMU hw/display/vmware_vga.c',
    byId('pci', '15ad', '0405'),
    'vmwgfx',
  ),
  'video.bochs': deviceInterface(
    'QEMU docs/specs/standard-vga.rst, 1234:1111; Linux drivers/gpu/drm/tiny/bochs.c',
    byId('pci', '1234', '1111'),
    'bochs-drm',
  ),
  'video.virtio-gpu': deviceInterface(
    'VIRTIO 1.2, section 5.7: device id 16',
    byId('virtio', '1af4', '0010'),
    'virtio_gpu',
  ),
  'storage.pvscsi': deviceInterface(
    'Linux drivers/scsi/vmw_pvscsi.c, 15ad:07c0; QEMU hw/scsi/vmw_pvscsi.c',
    byId('pci', '15ad', '07c0'),
    'vmw_pvscsi',
  ),
  'storage.virtio-blk': deviceInterface(
    'VIRTIO 1.2, section 5.2: device id 2',
    byId('virtio', '1af4', '0002'),
    'virtio_blk',
  ),
  'storage.virtio-scsi': deviceInterface(
    'VIRTIO 1.2, section 5.6: device id 8',
    byId('virtio', '1af4', '0008'),
    'virtio_scsi',
  ),
  'storage.nvme': deviceInterface(
    'NVM Express Base Specification 2.0: PCI class 010802',
    byClass('010802'),
    'nvme',
  ),
  'storage.xen-blkfront': deviceInterface(
    'Linux drivers/block/xen-blkfront.c: devices of type vbd on the bus xen',
    ({ bus, name }) => bus === 'xen' && name.startsWith('vbd-'),
    'vbd',
  ),
  'network.vmxnet3': deviceInterface(
    'Linux drivers/net/vmxnet3/vmxnet3_drv.c, 15ad:07b0; QEMU hw/net/vmxnet3.c',
    byId('pci', '15ad', '07b0'),
    'vmxnet3',
  ),
  'network.virtio-net': deviceInterface(
    'VIRTIO 1.2, section 5.1: device id 1',
    byId('virtio', '1af4', '0001'),
    'virtio_net',
  ),
  'network.e1000': deviceInterface(
    'Linux drivers/net/ethernet/intel/e1000/e1000_main.c, 8086:100e; QEMU hw/net/e1000.c',
    byId('pci', '8086', '100e'),
    'e1000',
  ),
  'sata-mode.ide': sataMode(
    'PCI Code and ID Assignment Specification, class 0101; Linux drivers/ata/ata_piix.c',
    byClass('0101'),
    'ata_piix',
    'ata_generic',
    'pata_acpi',
  ),
  'sata-mode.ahci': sataMode(
    'Serial ATA AHCI 1.3.1, class 010601; Linux drivers/ata/ahci.c',
    byClass('0106'),
    'ahci',
  ),
} as const satisfies Record<string, InterfaceEvidence>
