import { GdbStub, registers } from '../gdb/gdb-stub.js'

/** Where a CPU is on its way: addresses. */
export interface Step {
  readonly instruction: bigint
  readonly stack: bigint
}

// What a loop of the kernel takes, if it waits for nothing: CPUID, a branch or two, the return thunk.
const mostSteps = 400

/**
 * Executes some instructions of a CPU one by one, by QEMU's stub for gdb, and says where each was; interrupts and timers rest. A
 * guest that is stopped at times only is mostly seen behind the instruction that takes the longest, and not in what loops around it.
 *
 * @param socket - where QEMU's stub listens; the guest is stopped already, or else the stub says unasked that it stops it
 * @param cpu - counted from 0
 * @param patience - how long each answer may take, in milliseconds: a busy machine takes long for all of them
 * @returns what was seen up to the end, or to an instruction that does not complete
 * @throws Error when nobody listens there
 */
export async function stepGuest(socket: string, cpu: number, patience: number): Promise<Step[]> {
  using stub = await GdbStub.connect(socket, patience)
  const steps: Step[] = []
  const walk = async () => {
    await stub.ask(`Hg${(cpu + 1).toString(16)}`)
    while (steps.length < mostSteps) {
      const { stack, instruction } = registers(await stub.ask('g'))
      if (stack === null || instruction === null) return
      steps.push({ instruction, stack })
      await stub.ask(`vCont;s:${(cpu + 1).toString(16)}`)
    }
  }
  await walk().catch(() => undefined)
  return steps
}
