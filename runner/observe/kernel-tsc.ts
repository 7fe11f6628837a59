import type { KernelTsc } from '../hypervisors/cpu-facts.js'
import type { ObservedInterface } from './observe-interfaces.js'

// Linux arch/x86/kernel/tsc.c, tsc_init() and determine_cpu_tsc_frequencies(): the second line comes where the two differ.
const ofProcessor = /^tsc: Detected (\d+)\.(\d{3}) MHz processor$/
const ofTsc = /^tsc: Detected (\d+)\.(\d{3}) MHz TSC$/
const refined = /^tsc: Refined TSC clocksource calibration: (\d+)\.(\d{3}) MHz$/

const prefix = 'tsc-frequency.'

/**
 * What frequency a kernel takes its TSC to have, and where it has that from; null where it says nothing of it.
 *
 * @param interfaces - what it took up: one of those whose names begin with `tsc-frequency.` is the source
 */
export function kernelTsc(
  log: readonly string[],
  interfaces: readonly ObservedInterface[],
): KernelTsc | null {
  const told = khzOf(log, ofTsc) ?? khzOf(log, ofProcessor)
  if (told === null) return null
  const taken = interfaces.filter(({ id, adopted }) => id.startsWith(prefix) && adopted !== null)
  const [source] = taken.map(({ id }) => id.slice(prefix.length))
  return { khz: told, refinedKhz: khzOf(log, refined), source: source ?? null }
}

function khzOf(log: readonly string[], line: RegExp): number | null {
  const [found] = log.map(text => line.exec(text)).filter(match => match !== null)
  return found === undefined ? null : Number(found[1]) * 1000 + Number(found[2])
}
