import type { Evidence } from './evidence.js'
import type { Facts, ObservedDevice } from './facts.js'
import { exclusive, type Interface } from './interface.js'

/** Whether a device is one of those that an interface is about. */
export type DeviceMatch = (device: ObservedDevice) => boolean

/** A device of this vendor with one of these numbers, in hexadecimal digits as sysfs has them. */
export function byId(bus: string, vendor: string, ...ids: readonly string[]): DeviceMatch {
  return device =>
    device.bus === bus && device.vendor === vendor && ids.includes(device.device ?? '')
}

/** A PCI function whose class code begins with these digits. */
export function byClass(digits: string): DeviceMatch {
  return device => device.bus === 'pci' && device.class?.startsWith(digits) === true
}

/** An interface that is offered by a device being there, and adopted by one of these drivers being bound to it. */
export function ofDevice(
  source: string,
  matches: DeviceMatch,
  ...drivers: readonly string[]
): Pick<Interface, 'source' | 'offered' | 'adopted'> {
  return {
    source,
    offered: ({ devices }) => shown(devices.find(matches)),
    adopted: ({ devices }) => bound(devices.find(each => matches(each) && isDriven(each, drivers))),
  }
}

/**
 * A mode of a SATA function: its class code says in which it is, and a driver of one mode can do nothing with a function in the
 * other. A function that such a driver has taken is offered only where its own class code says so.
 */
export function sataMode(
  source: string,
  inMode: DeviceMatch,
  ...drivers: readonly string[]
): Interface {
  const taken = ({ devices }: Pick<Facts, 'devices'>) =>
    devices.find(each => each.bus === 'pci' && isDriven(each, drivers))
  return {
    ...exclusive,
    ofOneDevice: true,
    source,
    offered: facts => {
      const device = taken(facts) ?? facts.devices.find(inMode)
      return device !== undefined && inMode(device) ? shown(device) : null
    },
    adopted: facts => bound(taken(facts)),
  }
}

function isDriven({ driver }: ObservedDevice, drivers: readonly string[]): boolean {
  return driver !== null && drivers.includes(driver)
}

function shown(found: ObservedDevice | undefined): Evidence | null {
  if (found === undefined) return null
  const { vendor, device: id, class: code } = found
  const device = placeOf(found)
  const what = `${vendor ?? ''}:${id ?? ''}${code === null ? '' : ` class ${code}`}`
  return { text: `${device}: ${what}`, device }
}

function bound(found: ObservedDevice | undefined): Evidence | null {
  if (found === undefined) return null
  const device = placeOf(found)
  return { text: `${device} bound to ${found.driver ?? ''}`, device }
}

function placeOf({ bus, name }: ObservedDevice): string {
  return `${bus} ${name}`
}
