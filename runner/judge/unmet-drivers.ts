import type { ObservedDevice } from '../hypervisors/facts.js'
import type { ExpectedDriver } from '../scenario/expectation-schema.js'
import type { Unmet } from './verdict.js'

/** The expected drivers that are not so: a device that is not there, or that has another driver. */
export function unmetDrivers(
  expected: readonly ExpectedDriver[],
  devices: readonly ObservedDevice[],
): Unmet[] {
  return expected.flatMap((wanted, index) => {
    const unmet = (got: string): Unmet => ({
      field: 'drivers',
      want: describe(wanted),
      got,
      expected: { driver: wanted.driver, index },
    })
    const found = devices.filter(device => isMeant(device, wanted))
    if (found.length === 0) return [unmet('no such device')]
    return found
      .filter(({ driver }) => (driver ?? 'none') !== wanted.driver)
      .map(({ bus, name, driver }) => unmet(`${driver ?? 'none'} (${bus} ${name})`))
  })
}

function isMeant(found: ObservedDevice, { device, class: code }: ExpectedDriver): boolean {
  return (
    (device === undefined || device === `${found.vendor ?? ''}:${found.device ?? ''}`) &&
    (code === undefined || found.class?.startsWith(code) === true)
  )
}

function describe({ device, class: code, driver }: ExpectedDriver): string {
  const what = [...(device === undefined ? [] : [device]), ...(code ? [`class ${code}`] : [])]
  return `driver ${driver} for ${what.join(' of ')}`
}
