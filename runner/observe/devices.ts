import type { GuestDevice } from '../console/protocol/device-record.js'
import type { ObservedDevice } from '../hypervisors/facts.js'

// Those that machines and hypervisors offer devices on. The others (platform, acpi, pnp) say how a board is wired.
const buses = ['pci', 'virtio', 'vmbus', 'xen']

/** The devices of a guest's report that are offered to it, in the report's order: by bus and name. */
export function observedDevices(devices: readonly GuestDevice[]): ObservedDevice[] {
  return devices
    .filter(({ bus }) => buses.includes(bus))
    .map(({ bus, name, driver, attributes }) => {
      const digits = (key: string) => attributes.get(key)?.replace(/^0x/, '') ?? null
      return {
        bus,
        name,
        driver,
        vendor: digits('vendor'),
        device: digits('device'),
        class: digits('class'),
      }
    })
}
