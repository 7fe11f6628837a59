import { parseDump } from '../../../runner/cpuid/dump/parse.js'
import type { CpuDump, LeafValue, Registers } from '../../../runner/cpuid/leaf.js'

const registers = (eax: number, ebx = 0, ecx = 0, edx = 0): Registers => ({ eax, ebx, ecx, edx })
const place = (leaf: number, subleaf: number, eax: number): LeafValue => {
  return { leaf, subleaf, registers: registers(eax) }
}

/** Two CPUs that differ in their APIC ids, with subleaves. */
export const twoCpus: CpuDump[] = [0, 1].map(cpu => ({
  cpu,
  leaves: [
    { leaf: 0, subleaf: 0, registers: registers(0xd, 0x756e6547, 0x6c65746e, 0x49656e69) },
    { leaf: 1, subleaf: 0, registers: registers(0x306c3, cpu * 0x1000000, 0x7ffafbff, 0xbfebfbff) },
    place(4, 0, 0x1c004121),
    place(4, 1, 0x1c004122),
    place(0xd, 0, 7),
    place(0xd, 1, 1),
    place(0x80000000, 0, 0x80000008),
  ],
}))

/** The numbers of the CPUs and their leaves as `leaf.subleaf=eax`, in hexadecimal. */
export function outline(text: string): string[] {
  return parseDump(text).cpus.map(({ cpu, leaves }) => {
    const shown = leaves.map(({ leaf, subleaf, registers: { eax } }) =>
      [leaf, subleaf, eax].map(each => each.toString(16)).join('.'),
    )
    return `${cpu}: ${shown.join(' ')}`
  })
}
