import { type CpuDump, hex32, type LeafValue } from './leaf.js'

// As Todd Allen's `cpuid -r` prints it: `   0x40000000 0x00: eax=0x... ebx=0x... ecx=0x... edx=0x...`.
const leafLine =
  /^\s*0x([0-9a-f]{1,8})\s+0x([0-9a-f]{1,8}):\s+eax=0x([0-9a-f]{1,8})\s+ebx=0x([0-9a-f]{1,8})\s+ecx=0x([0-9a-f]{1,8})\s+edx=0x([0-9a-f]{1,8})\s*$/i
const cpuLine = /^CPU(?:\s+(\d+))?:\s*$/

/** A line of a raw dump that is neither a leaf, nor a CPU's heading, nor empty. */
export interface RawDumpProblem {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/**
 * Reads a raw CPUID dump in the form of `cpuid -r` (also what `cpuid -f` reads). A dump without a `CPU N:` heading is
 * taken as CPU 0.
 */
export function parseRawDump(text: string): { cpus: CpuDump[]; problems: RawDumpProblem[] } {
  const cpus: { cpu: number; leaves: LeafValue[] }[] = []
  const problems: RawDumpProblem[] = []
  text.split('\n').forEach((line, index) => {
    const heading = cpuLine.exec(line)
    if (heading) cpus.push({ cpu: Number(heading[1] ?? cpus.length), leaves: [] })
    else if (line.trim() !== '') {
      const value = parseLeafLine(line)
      if (value === null) problems.push({ line: index + 1, text: line })
      else {
        if (cpus.length === 0) cpus.push({ cpu: 0, leaves: [] })
        cpus.at(-1)?.leaves.push(value)
      }
    }
  })
  return { cpus, problems }
}

/** Writes dumps in the form of `cpuid -r`, ended by a newline. */
export function formatRawDump(cpus: readonly CpuDump[]): string {
  return cpus
    .flatMap(({ cpu, leaves }) => [`CPU ${cpu}:`, ...leaves.map(leaf => `   ${formatLeaf(leaf)}`)])
    .map(line => `${line}\n`)
    .join('')
}

/** One CPUID answer as `cpuid -r` writes it, without the indentation. */
export function formatLeaf({ leaf, subleaf, registers: r }: LeafValue): string {
  const index = `0x${subleaf.toString(16).padStart(2, '0')}`
  return `${hex32(leaf)} ${index}: eax=${hex32(r.eax)} ebx=${hex32(r.ebx)} ecx=${hex32(r.ecx)} edx=${hex32(r.edx)}`
}

function parseLeafLine(line: string): LeafValue | null {
  const numbers = leafLine
    .exec(line)
    ?.slice(1)
    .map(digits => Number.parseInt(digits, 16))
  if (numbers === undefined) return null
  const [leaf = 0, subleaf = 0, eax = 0, ebx = 0, ecx = 0, edx = 0] = numbers
  return { leaf, subleaf, registers: { eax, ebx, ecx, edx } }
}
