/** How many instructions a guest had executed when a line of its console was written. */
export interface LineCount {
  /** How many bytes of the console there were then, the line's end included; 0 for the kernel's first CPUID, which is no line. */
  readonly bytes: number
  /** Since the machine came up, of all of its CPUs. */
  readonly instructions: number
}

/** Reads what the preloaded object has counted (runner/native/meter.c); a line that QEMU's end cut short is none. */
export function lineCounts(text: string): LineCount[] {
  return [...text.matchAll(/^(\d+) (\d+)\n/gm)].map(([, bytes, instructions]) => ({
    bytes: Number(bytes),
    instructions: Number(instructions),
  }))
}
