import { setTimeout as elapse } from 'node:timers/promises'
import {
  type CpuState,
  instructionAddress,
  isDead,
  parseCpuStates,
  stackPointer,
} from './cpu-state.js'
import { Qmp } from './qmp.js'

/** One look at a guest that stands still. */
export interface GuestSample {
  /** The CPU that was looked at: one that executes, where any does. */
  readonly cpu: CpuState
  /** Whether all CPUs are halted. */
  readonly allHalted: boolean
  /** Whether nothing will wake any CPU: see {@link isDead}. */
  readonly allDead: boolean
  /** What lies on that CPU's stack, from its top. */
  readonly stack: readonly bigint[]
}

/** Several looks at a guest that hangs. */
export interface GuestSamples {
  readonly samples: readonly GuestSample[]
  /** Instructions by address, in words, where QEMU can disassemble them. */
  readonly instructions: ReadonlyMap<bigint, string>
}

const sampleCount = 8
const betweenMs = 70
const stackWords = 96
// A guest that floods QEMU's main loop may keep its monitor from answering.
const patienceMs = 15_000

/**
 * Looks several times at where a guest's CPUs are. It is stopped for each look, since QEMU's emulation knows the place of a CPU that
 * runs only roughly, and goes on between them.
 *
 * @param monitor - the socket of its QEMU's monitor
 * @param alsoAt - an address whose instruction is wanted beside those of the samples
 * @throws Error when QEMU does not answer
 */
export async function sampleGuest(
  monitor: string,
  alsoAt: () => bigint | null,
): Promise<GuestSamples> {
  using qmp = await Qmp.connect(monitor)
  const patience = new AbortController()
  const late = elapse(patienceMs, null, { signal: patience.signal, ref: false }).then(() => {
    throw new Error('QEMU does not answer')
  })
  try {
    return await Promise.race([sample(qmp, alsoAt), late])
  } finally {
    late.catch(() => undefined)
    patience.abort()
  }
}

async function sample(qmp: Qmp, alsoAt: () => bigint | null): Promise<GuestSamples> {
  const samples: GuestSample[] = []
  const instructions = new Map<bigint, string>()
  for (let round = 0; round < sampleCount; round += 1) {
    if (round > 0) await elapse(betweenMs)
    await qmp.execute('stop')
    const cpus = parseCpuStates(await qmp.ask('info registers -a'))
    const cpu = cpus.find(({ halted }) => !halted) ?? cpus[0]
    if (cpu === undefined) throw new Error('QEMU shows no registers')
    samples.push({
      cpu,
      allHalted: cpus.every(({ halted }) => halted),
      allDead: cpus.every(isDead),
      stack: await stackOf(qmp, cpu),
    })
    for (const address of [instructionAddress(cpu), alsoAt()]) {
      if (address === null || cpu.mode !== 64 || instructions.has(address)) continue
      const text = await qmp.ask(`x/1i ${hex(address)}`, cpu.cpu)
      const instruction = parseInstruction(text)
      if (instruction !== null) instructions.set(address, instruction)
    }
    await qmp.execute('cont')
  }
  return { samples, instructions }
}

async function stackOf(qmp: Qmp, cpu: CpuState): Promise<bigint[]> {
  if (cpu.mode !== 64) return []
  const text = await qmp.ask(`x/${stackWords}gx ${hex(stackPointer(cpu))}`, cpu.cpu)
  return [...text.matchAll(/0x([0-9a-f]{16})\b(?!:)/g)].map(([word]) => BigInt(word))
}

/** `0xffffffff81058980:  f7 f6   divl  %esi`, as `divl %esi`; null where QEMU can't disassemble. */
export function parseInstruction(text: string): string | null {
  const found = /^0x[0-9a-f]+: +(?:[0-9a-f]{2} )+ *([a-z(].*?)\s*$/m.exec(text.replaceAll('\r', ''))
  return found?.[1]?.replaceAll(/\s+/g, ' ') ?? null
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`
}
