import type { GuestDevice } from '../console/protocol/device-record.js'

/** A device that the guest found on a bus, and what drives it. */
export interface ObservedDevice {
  readonly bus: string
  /** Its name on that bus: `0000:00:1f.2`. */
  readonly name: string
  /** The driver bound to it, or null. */
  readonly driver: string | null
  /** What it is, in hexadecimal digits without 0x; null where its bus does not say: xen and vmbus have classes of their own. */
  readonly vendor: string | null
  readonly device: string | null
  readonly class: string | null
}

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
