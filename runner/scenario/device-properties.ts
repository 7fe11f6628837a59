/** A property of a device, as QEMU's -device takes it; `driver` is the device's own name. */
export type DeviceProperty = readonly [name: string, value: unknown]

/** The properties in an argument of -device, those inside others among them; null for JSON that can't be read. */
export function deviceProperties(device: string): DeviceProperty[] | null {
  return device.startsWith('{') ? jsonProperties(device) : optionProperties(device)
}

/** The name that QEMU has for the device; undefined where the argument names none. */
export function deviceName(device: string): string | undefined {
  const name = deviceProperties(device)?.find(([property]) => property === 'driver')?.[1]
  return typeof name === 'string' ? name : undefined
}

/** QEMU takes single quotes in JSON, too; what is not plain JSON is refused rather than guessed at. */
function jsonProperties(text: string): DeviceProperty[] | null {
  try {
    return flatten(JSON.parse(text))
  } catch {
    return null
  }
}

function flatten(value: unknown): DeviceProperty[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) =>
    inner !== null && typeof inner === 'object' ? flatten(inner) : [[name, inner] as const],
  )
}

/** QEMU's option syntax: `DRIVER,NAME=VALUE,…`, a comma within a value doubled. */
function optionProperties(text: string): DeviceProperty[] {
  return splitOptions(text).map((word, index): DeviceProperty => {
    const at = word.indexOf('=')
    if (at >= 0) return [word.slice(0, at), word.slice(at + 1)]
    return index === 0 ? ['driver', word] : [word, true]
  })
}

function splitOptions(text: string): string[] {
  return text
    .replaceAll(',,', '\0')
    .split(',')
    .map(word => word.replaceAll('\0', ','))
}
