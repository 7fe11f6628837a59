import type { CpuFacts } from '../hypervisors/cpu-facts.js'
import { counted } from '../terminal/counted.js'

/** Who the kernel takes its CPUs to be, and what of them is not alike; a line each. */
export function cpuLines(cpu: CpuFacts): string[] {
  const { vendor, family, model, stepping, name, microcode, addressBits, xsave } = cpu
  const unknown = 'unknown'
  const strange = cpu.cpus.filter(({ differs }) => Object.keys(differs).length > 0)
  return [
    `${vendor ?? unknown}, family ${hex(family)}, model ${hex(model)}, stepping ${stepping ?? unknown}: ${name || 'no name'}`,
    [
      ...(microcode === null ? [] : [`microcode ${microcode}`]),
      ...(addressBits === null
        ? []
        : [`addresses of ${addressBits.physical} bits, virtual of ${addressBits.virtual}`]),
      ...(cpu.cacheKiB === null ? [] : [`cache size ${cpu.cacheKiB} KiB`]),
      ...(cpu.tlb === null ? [] : [`TLB of ${cpu.tlb}`]),
    ].join('; '),
    ...(xsave === null
      ? []
      : [`XSAVE of features ${xsave.features} in ${xsave.bytes} bytes, ${xsave.format} format`]),
    ...strange.map(
      each =>
        `CPU ${each.cpu} differs from the first: ${Object.entries(each.differs)
          .map(([field, value]) => `${field} ${value}`)
          .join('; ')}`,
    ),
  ].filter(line => line !== '')
}

/** Its bugs, and what the kernel does about each. */
export function bugLines({ bugs, vulnerabilities }: CpuFacts): string[] {
  const told = Object.entries(vulnerabilities).filter(([, text]) => text !== 'Not affected')
  const spared = Object.keys(vulnerabilities).length - told.length
  return [
    bugs.length === 0 ? 'none' : bugs.join(', '),
    ...told.map(([name, text]) => `${name}: ${text}`),
    ...(spared > 0 ? [`not affected by ${counted(spared, 'other')}`] : []),
  ]
}

function hex(value: number | null): string {
  return value === null ? 'unknown' : `0x${value.toString(16)}`
}
