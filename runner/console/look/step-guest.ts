import { createConnection, type Socket } from 'node:net'
import { soon } from './soon.js'

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
      const registers = await stub.ask('g')
      const [stack, instruction] = [word(registers, 7), word(registers, 16)]
      if (stack === null || instruction === null) return
      steps.push({ instruction, stack })
      await stub.ask(`vCont;s:${(cpu + 1).toString(16)}`)
    }
  }
  await walk().catch(() => undefined)
  return steps
}

/** A register of 64 bits by its number in gdb's amd64 (gdb-xml/i386-64bit.xml in QEMU): little-endian, in hexadecimal. */
function word(registers: string, number: number): bigint | null {
  const text = registers.slice(number * 16, number * 16 + 16)
  if (!/^[0-9a-f]{16}$/.test(text)) return null
  return Buffer.from(text, 'hex').readBigUInt64LE()
}

/** QEMU's stub for gdb (the GDB manual, "Remote Protocol"). */
class GdbStub implements Disposable {
  readonly #socket: Socket
  readonly #patience: number
  #text = ''
  #waiting: { resolve: (answer: string) => void; reject: (error: Error) => void } | null = null

  private constructor(socket: Socket, patience: number) {
    this.#socket = socket
    this.#patience = patience
    socket.on('data', (bytes: Buffer) => {
      this.#take(bytes.toString('latin1'))
    })
    const fail = () => this.#waiting?.reject(new Error('QEMU closed its stub for gdb'))
    socket.on('error', fail).on('close', fail)
  }

  static async connect(path: string, patience: number): Promise<GdbStub> {
    const socket = createConnection(path)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new GdbStub(socket, patience)
  }

  ask(packet: string): Promise<string> {
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      const sum = Buffer.from(packet).reduce((total, byte) => total + byte, 0) & 0xff
      this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`)
    })
    return soon(answer, this.#patience)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#text += text
    for (;;) {
      const found = /\$([^#]*)#[0-9a-f]{2}/.exec(this.#text)
      if (found === null) return
      this.#text = this.#text.slice(found.index + found[0].length)
      this.#socket.write('+')
      const waiting = this.#waiting
      this.#waiting = null
      waiting?.resolve(found[1] ?? '')
    }
  }
}
