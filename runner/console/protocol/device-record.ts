/** A device of the guest, as its bus in sysfs knows it. */
export interface GuestDevice {
  /** The bus in /sys/bus: `pci`, `virtio`, `vmbus`, `xen`, `platform`, `acpi` or `pnp`. */
  readonly bus: string
  /** The device's name on that bus: `0000:00:1f.2`. */
  readonly name: string
  /** The driver bound to it, or null. */
  readonly driver: string | null
  /** What identifies it, as sysfs has it: `vendor`, `device`, `class`, `class_id`, `devtype`, `id`. */
  readonly attributes: ReadonlyMap<string, string>
}

/** Reads a device record's payload, or null where it is not made of NUL-ended fields, at least three of them. */
export function parseDevice(payload: Buffer): GuestDevice | null {
  const fields = payload.toString('utf8').split('\0')
  const [bus, name, driver, ...attributes] = fields.slice(0, -1)
  if (fields.at(-1) !== '' || bus === undefined || name === undefined || driver === undefined)
    return null
  return {
    bus,
    name,
    driver: driver === '' ? null : driver,
    attributes: new Map(attributes.map(splitAtEquals)),
  }
}

/** `key=value` as a pair; the value may hold further equals signs. */
export function splitAtEquals(text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
