import type { CpuFacts } from '../hypervisors/cpu-facts.js'

// Linux arch/x86/kernel/apic/apic.c and probe_64.c, with and without the `APIC: ` that 6.6 put before some.
const x2apic = /^(?:APIC: )?x2apic(?: enabled|: enabled by BIOS)/
const none =
  /^(?:APIC: )?(?:No local APIC present|APIC disabled (?:via kernel command line|by BIOS)|disabled via kernel command line|Keep in PIC mode)/
const found = /^(?:APIC: Switch to |IOAPIC\[\d+\]: |ACPI: LAPIC_NMI )/
const routing = /^(?:APIC: )?(?:Switched APIC routing to:?|Setting APIC routing to) (.*?)\.?$/

/** The mode that a kernel has its local APICs in, by what it logs. */
export function apicMode(log: readonly string[]): CpuFacts['apic'] {
  const says = (pattern: RegExp) => log.some(line => pattern.test(line))
  const mode = says(x2apic) ? 'x2apic' : says(none) ? 'none' : says(found) ? 'xapic' : null
  if (mode === null) return null
  const last = log.findLast(line => routing.test(line))
  return { mode, routing: routing.exec(last ?? '')?.[1] ?? null }
}
