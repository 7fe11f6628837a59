/** The exceptions of x86 CPUs by vector: Intel's manual, volume 3, table 6-1; 29 of AMD's, volume 2, section 8.2. */
const exceptions: Readonly<Record<number, string>> = {
  0: 'divide error (#DE)',
  1: 'debug exception (#DB)',
  3: 'breakpoint (#BP)',
  4: 'overflow (#OF)',
  5: 'bound range exceeded (#BR)',
  6: 'invalid opcode (#UD)',
  7: 'device not available (#NM)',
  8: 'double fault (#DF)',
  10: 'invalid TSS (#TS)',
  11: 'segment not present (#NP)',
  12: 'stack fault (#SS)',
  13: 'general protection fault (#GP)',
  14: 'page fault (#PF)',
  16: 'x87 error (#MF)',
  17: 'alignment check (#AC)',
  18: 'machine check (#MC)',
  19: 'SIMD error (#XM)',
  20: 'virtualization exception (#VE)',
  21: 'control protection exception (#CP)',
  29: 'VMM communication exception (#VC)',
}

/** The name of an exception, such as `divide error (#DE)`. */
export function exceptionName(vector: number): string {
  return exceptions[vector] ?? `exception ${vector}`
}

/** Whether a vector is an exception's, and no interrupt's. */
export function isException(vector: number): boolean {
  return vector < 32 && vector !== 2
}
