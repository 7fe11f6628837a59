import { GdbStub, registers } from './gdb-stub.js'

// QEMU may have to wait for a CPU of this machine's.
const patienceMs = 30_000

/**
 * Lets a guest that waits for gdb go on to the first instruction at an address, and leaves it there: QEMU's stub takes no `detach` for
 * the end of a connection, and the next client finds the guest as it stands. The breakpoint is one of the CPU's: one in memory would be
 * lost when the kernel is unpacked.
 *
 * @param socket - where QEMU's stub listens
 * @param address - as the kernel is linked
 * @throws Error where the guest ends before, or stops elsewhere
 */
export async function stopAt(socket: string, address: bigint): Promise<void> {
  using stub = await GdbStub.connect(socket, patienceMs)
  const breakpoint = `1,${address.toString(16)},1`
  const set = await stub.ask(`Z${breakpoint}`)
  if (set !== 'OK') throw new Error(`QEMU takes no breakpoint at 0x${address.toString(16)}: ${set}`)
  await stub.ask('c', null)
  const { instruction } = registers(await stub.ask('g'))
  await stub.ask(`z${breakpoint}`)
  if (instruction === address) return
  const where = instruction === null ? 'an unknown place' : `0x${instruction.toString(16)}`
  throw new Error(`the guest stopped at ${where} instead of 0x${address.toString(16)}`)
}
