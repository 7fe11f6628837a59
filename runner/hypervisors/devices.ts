import { cameBack, svgaVersion } from './driven-facts.js'
import type { Evidence, Look } from './evidence.js'
import type { Facts, ObservedDevice } from './facts.js'
import { exclusive, type Interface } from './interface.js'

/** Whether an interface is about this device. */
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

/** An interface that a device offers by its presence. It is adopted if one of these drivers is bound to the device. */
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

/** A device that user space drives, by what the guest's init did with it and what came of that. */
export function drivenByUserSpace(name: string): Look {
  return ({ driven = [] }) => {
    const found = driven.find(each => each.device === name && cameBack(each))
    if (found === undefined) return null
    const { id, width, height, bitsPerPixel } = found.answers
    const mode = `${width}x${height}x${bitsPerPixel}`
    const text = `driven by user space: ${svgaVersion(id)}, ${mode}, the picture came back`
    return { text, device: found.at }
  }
}

/**
 * A mode of a SATA function. The class code of a function names its mode, and a driver of one mode cannot use a function in the
 * other. If a driver of this mode is bound to a function, that function must itself be in this mode to count as offered.
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
