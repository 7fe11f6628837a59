import { dirname, join } from 'node:path'
import { setTimeout as elapse } from 'node:timers/promises'
import {
  type CpuState,
  instructionAddress,
  isDead,
  parseCpuStates,
  stackPointer,
} from './cpu-state.js'
import { mostUsedStack, stackAt } from './kernel-stack.js'
import { Qmp } from './qmp.js'
import { type Step, stepGuest } from './step-guest.js'

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
  /** What the CPU of the last executed from there on; none where it does not execute, or can't be led step by step. */
  readonly steps: readonly Step[]
  /** Instructions by address, in words, where QEMU can disassemble them. */
  readonly instructions: ReadonlyMap<bigint, string>
}

const sampleCount = 8
// The last is not to be one of an interrupt, which the steps from there would not come out of.
const mostSamples = 3 * sampleCount
const betweenMs = 70
const stackWords = 96
// A guest that floods QEMU's main loop may keep its monitor from answering.
const patienceMs = 15_000

/**
 * Looks several times at where a guest's CPUs are. It is stopped for each look, since QEMU's emulation knows the place of a CPU that
 * runs only roughly, and goes on between them. Then it is led some steps, and stays stopped.
 *
 * @param monitor - the socket of its QEMU's monitor; one for gdb is made beside it
 * @param alsoAt - an address whose instruction is wanted beside those of the samples
 * @param patience - how long each answer of its QEMU's may take, in milliseconds
 * @throws Error when QEMU does not answer
 */
export async function sampleGuest(
  monitor: string,
  alsoAt: () => bigint | null,
  patience = patienceMs,
): Promise<GuestSamples> {
  using qmp = await Qmp.connect(monitor, patience)
  const looks = await sample(qmp, alsoAt)
  const steps = await lead(qmp, looks.samples.at(-1), join(dirname(monitor), 'gdb'), patience)
  return { ...looks, steps }
}

async function sample(qmp: Qmp, alsoAt: () => bigint | null): Promise<Omit<GuestSamples, 'steps'>> {
  const samples: GuestSample[] = []
  const instructions = new Map<bigint, string>()
  while (samples.length < sampleCount || (isAside(samples) && samples.length < mostSamples)) {
    if (samples.length > 0) {
      await qmp.execute('cont')
      await elapse(betweenMs)
    }
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
  }
  return { samples, instructions }
}

/** Whether the last look met a CPU at something that it does beside. */
function isAside(samples: readonly GuestSample[]): boolean {
  const pointers = samples.map(({ cpu }) => stackPointer(cpu))
  const last = pointers.at(-1)
  return last !== undefined && stackAt(last) !== mostUsedStack(pointers)
}

async function lead(
  qmp: Qmp,
  last: GuestSample | undefined,
  socket: string,
  patience: number,
): Promise<Step[]> {
  // One that is halted, or in the firmware, would be led nowhere.
  if (last === undefined || last.cpu.halted || last.cpu.mode !== 64) return []
  try {
    await qmp.ask(`gdbserver unix:${socket},server=on,wait=off`)
    return await stepGuest(socket, last.cpu.cpu, patience)
  } catch {
    // Such a stub is an option of QEMU's build; the looks remain.
    return []
  }
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
