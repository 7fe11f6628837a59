import { toldVendor } from '../plan/cpu-vendor.js'
import { machineSwitches } from '../scenario/machine-schema.js'
import type { Scenario } from '../scenario/scenario.js'
import { topologyLevels } from '../scenario/topology.js'
import type { ServedTsc } from './tsc.js'

/** The argument of QEMU's -machine. */
export function machineArgument(machine: Scenario['machine']): string {
  const given = machineSwitches.flatMap(name => {
    const value = name === 'acpi' ? acpiOf(machine) : machine[name]
    return value === undefined ? [] : [`${name}=${value}`]
  })
  return [machine.type, ...given].join(',')
}

/**
 * The tables of microvm's ACPI say that there is no legacy hardware (FADT, HARDWARE_REDUCED_ACPI): a kernel then leaves the PIT alone, and
 * has nothing to calibrate its TSC and its APIC's timer by (acpi_generic_reduced_hw_init() in Linux' arch/x86/kernel/acpi/boot.c), unless
 * CPUID or a hypervisor's clock tells. Without ACPI it takes the PIT.
 */
function acpiOf({ type, acpi }: Scenario['machine']): string | undefined {
  return acpi ?? (type === 'microvm' ? 'off' : undefined)
}

/** The argument of QEMU's -smp: `16`, or `16,sockets=2,dies=2,cores=2,threads=2`; a level that has one is left out, since not every QEMU knows each. */
export function cpusArgument({ cpus, topology }: Scenario['machine']): string {
  if (topology === null) return String(cpus)
  const levels = topologyLevels.filter(
    level => topology[level] > 1 || (level !== 'dies' && level !== 'modules'),
  )
  return [String(cpus), ...levels.map(level => `${level}=${topology[level]}`)].join(',')
}

/** The argument of QEMU's -cpu. */
export function cpuArgument(cpu: Scenario['cpu'], tsc?: ServedTsc): string {
  const vendor = toldVendor(cpu)
  const frequency = tsc?.frequency === undefined ? {} : { 'tsc-frequency': tsc.frequency }
  const given = { ...(vendor === null ? {} : { vendor }), ...frequency, ...cpu.properties }
  return [cpu.model, ...Object.entries(given).map(property)].join(',')
}

/** A property of a QEMU option; a comma within a value is doubled. */
export function property([name, value]: [string, string | number | boolean]): string {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
  return `${name}=${text.replaceAll(',', ',,')}`
}
