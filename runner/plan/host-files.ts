import { type DeviceProperty, deviceProperties } from '../scenario/device-properties.js'
import type { Scenario } from '../scenario/scenario.js'

/** A part of a scenario that would have QEMU open a file or a device of this machine for its guest. */
export interface HostFile {
  /** The field's path, such as `machine`, `devices`, 2. */
  readonly path: readonly PropertyKey[]
  /** Such as `romfile=/etc/passwd`. */
  readonly what: string
}

/**
 * QEMU's device properties that name a file, a folder, a socket or a device of this machine, whatever their value: `loader`
 * (docs/system/generic-loader.rst) and `guest-loader`, ROMs of PCI devices, `usb-mtp`, `u2f-*`, `canokey`, `ccid-card-emulated`,
 * `ipmi-bmc-sim`, `virtio-input-host`, `cxl-type3`, `pvrdma`, `vfio-*`, `usb-host`, and every USB device's `pcap`, which is written; and
 * the options of -smbios and -accel that do. A name without a folder that slips through leads nowhere: a guest's QEMU runs in its
 * own temporary folder.
 */
const fileProperties = new Set([
  ...['file', 'romfile', 'path', 'rootdir', 'dir', 'sdrfile', 'frudatafile', 'filename'],
  ...['cert', 'privkey', 'counter', 'entropy', 'hidraw', 'db', 'socket', 'device', 'vdev'],
  ...['pcap', 'cdat', 'kernel', 'initrd', 'dtb', 'cert1', 'cert2', 'cert3', 'ibdev', 'host_ip'],
  ...[
    'evdev',
    'host',
    'sysfsdev',
    'hostdevice',
    'hostbus',
    'hostaddr',
    'hostport',
    'fd',
    'vhostfd',
  ],
])

/** Devices that stand for one of this machine's, even without a property. */
const hostDevices = /^(?:vfio-|vhost-|usb-host$|virtio-input-host|u2f-|x-pci-proxy)/

/** All of a scenario that reaches for files and devices of this machine. */
export function hostFilesOf({ machine }: Pick<Scenario, 'machine'>): HostFile[] {
  const smbios = Object.entries(machine.smbios).flatMap(([type, options]) =>
    reaching(Object.entries(options)).map(what => ({
      path: ['machine', 'smbios', type],
      what,
    })),
  )
  const accel = reaching(Object.entries(machine.accel)).map(what => ({
    path: ['machine', 'accel'],
    what,
  }))
  const devices = machine.devices.flatMap((device, index) =>
    ofDevice(device).map(what => ({ path: ['machine', 'devices', index], what })),
  )
  return [...smbios, ...accel, ...devices]
}

function reaching(properties: readonly DeviceProperty[]): string[] {
  return properties
    .filter(([name, value]) => value !== '' && (fileProperties.has(name) || isPath(name, value)))
    .map(([name, value]) => `${name}=${String(value)}`)
}

/** A property that is not in the list, such as one of a newer QEMU, is known by its value; `bus=/…` is a path of QEMU's own. */
function isPath(name: string, value: unknown): boolean {
  return typeof value === 'string' && name !== 'bus' && /^(?:\.{0,2}|~[^/]*)\//.test(value)
}

function ofDevice(device: string): string[] {
  const properties = deviceProperties(device)
  if (properties === null) return [`${device}: JSON that can't be read`]
  const driver = properties.find(([name]) => name === 'driver')?.[1]
  const reached = reaching(properties.filter(([name]) => name !== 'driver'))
  return typeof driver === 'string' && hostDevices.test(driver) ? [driver, ...reached] : reached
}
