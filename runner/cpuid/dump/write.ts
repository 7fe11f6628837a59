import { type CpuDump, hex32, type LeafValue } from '../leaf.js'

/** Writes dumps in the form of `cpuid -r`, ended by a newline. */
export function formatRawDump(cpus: readonly CpuDump[]): string {
  return cpus
    .flatMap(({ cpu, leaves }) => [`CPU ${cpu}:`, ...leaves.map(leaf => `   ${formatLeaf(leaf)}`)])
    .map(line => `${line}\n`)
    .join('')
}

/** One CPUID answer as `cpuid -r` writes it, without the indentation. */
function formatLeaf({ leaf, subleaf, registers: r }: LeafValue): string {
  const index = `0x${subleaf.toString(16).padStart(2, '0')}`
  return `${hex32(leaf)} ${index}: eax=${hex32(r.eax)} ebx=${hex32(r.ebx)} ecx=${hex32(r.ecx)} edx=${hex32(r.edx)}`
}
