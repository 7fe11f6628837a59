/** What QEMU shows of a CPU's registers, in its monitor and in its log of interrupts. */
export interface CpuState {
  /** Counted from 0. */
  readonly cpu: number
  /** By their names, such as `RAX`, `RIP`, `RFL` and `CR2`; in 16- and 32-bit code `EAX` and `EIP`. */
  readonly registers: ReadonlyMap<string, bigint>
  /** The base of the code segment, which RIP counts from. */
  readonly codeBase: bigint
  /** The width of the code, in bits. */
  readonly mode: 16 | 32 | 64
  /** Whether it executes HLT, or has never been started. */
  readonly halted: boolean
}

// x86_cpu_dump_state() in QEMU's target/i386/cpu-dump.c pads the names; the bases of tables stand behind more spaces.
const registerPattern = /\b([A-Z][A-Z0-9]{1,3}) ?=([0-9a-f]{8}(?:[0-9a-f]{8})?)\b/g
const codePattern = /^CS =[0-9a-f]{4} ([0-9a-f]{8,16}) .*CS(16|32|64)/m

/** The state of one CPU in what QEMU says of it; null where it says none. */
export function parseCpuState(text: string, cpu = 0): CpuState | null {
  const registers = new Map<string, bigint>()
  for (const [, name = '', value = ''] of text.matchAll(registerPattern)) {
    if (!registers.has(name)) registers.set(name, BigInt(`0x${value}`))
  }
  if (!registers.has('RIP') && !registers.has('EIP')) return null
  const [, base = '0', width = '16'] = codePattern.exec(text) ?? []
  return {
    cpu,
    registers,
    codeBase: BigInt(`0x${base}`),
    mode: width === '64' ? 64 : width === '32' ? 32 : 16,
    halted: /\bHLT=1\b/.test(text),
  }
}

/** The states of all CPUs in the answer to `info registers -a`. */
export function parseCpuStates(text: string): CpuState[] {
  return text
    .split(/^CPU#/m)
    .slice(1)
    .flatMap(part => parseCpuState(part, Number.parseInt(part, 10)) ?? [])
}

/** Where a CPU's next instruction lies. */
export function instructionAddress({ registers, codeBase, mode }: CpuState): bigint {
  const pointer = registers.get('RIP') ?? registers.get('EIP') ?? 0n
  return mode === 64 ? pointer : codeBase + pointer
}

/** The top of a CPU's stack. */
export function stackPointer({ registers }: CpuState): bigint {
  return registers.get('RSP') ?? registers.get('ESP') ?? 0n
}

/** Whether nothing but a reset or an NMI wakes a CPU: it is halted, and takes no interrupts (RFLAGS.IF). */
export function isDead({ halted, registers }: CpuState): boolean {
  const flags = registers.get('RFL') ?? registers.get('EFL') ?? 0n
  return halted && (flags & 0x200n) === 0n
}
