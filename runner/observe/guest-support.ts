import { hypervisors } from '../hypervisors/table.js'

/**
 * The values (`y`, `m` or `n`) of the Kconfig symbols that decide which hypervisors a kernel knows; null if its configuration is
 * not known.
 */
export function guestSupport(
  config: Pick<ReadonlyMap<string, string>, 'get'> | null,
): Record<string, string> | null {
  if (config === null) return null
  const symbols = hypervisors.flatMap(each => [...each.symbols, ...(each.driverSymbols ?? [])])
  return Object.fromEntries(symbols.map(symbol => [symbol, config.get(symbol) ?? 'n']))
}
