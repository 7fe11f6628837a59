import type { ObservedDevice } from '../observe/devices.js'
import type { Observation } from '../observe/observe.js'
import type { ExpectedDriver } from '../scenario/schema.js'

/**
 * What of the expected drivers is not so, a sentence each: a device that is not there, or that has another driver. What the
 * guest says it could not do, such as loading a module, stands behind them.
 */
export function unmetDrivers(
  expected: readonly ExpectedDriver[],
  { devices, problems }: Pick<Observation, 'devices' | 'problems'>,
): string[] {
  const unmet = expected.flatMap(wanted => {
    const found = devices.filter(device => isMeant(device, wanted))
    if (found.length === 0) return [`expected ${describe(wanted)}, got no such device`]
    return found
      .filter(({ driver }) => (driver ?? 'none') !== wanted.driver)
      .map(
        ({ bus, name, driver }) =>
          `expected ${describe(wanted)}, got ${driver ?? 'none'} (${bus} ${name})`,
      )
  })
  return unmet.length === 0 ? [] : [...unmet, ...problems]
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
