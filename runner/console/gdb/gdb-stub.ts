import { createConnection, type Socket } from 'node:net'
import { soon } from '../look/soon.js'

/** Where a CPU is: addresses; null where the stub does not tell. */
export interface CpuRegisters {
  readonly instruction: bigint | null
  readonly stack: bigint | null
}

/** Reads the answer to the packet `g` (gdb-xml/i386-64bit.xml in QEMU has their order). */
export function registers(answer: string): CpuRegisters {
  return { stack: word(answer, 7), instruction: word(answer, 16) }
}

/** A register of 64 bits by its number in gdb's amd64: little-endian, in hexadecimal. */
function word(registers: string, number: number): bigint | null {
  const text = registers.slice(number * 16, number * 16 + 16)
  if (!/^[0-9a-f]{16}$/.test(text)) return null
  return Buffer.from(text, 'hex').readBigUInt64LE()
}

const gone = 'QEMU closed its stub for gdb'

/** QEMU's stub for gdb (the GDB manual, "Remote Protocol"). */
export class GdbStub implements Disposable {
  readonly #socket: Socket
  readonly #patience: number
  #text = ''
  #gone = false
  #waiting: { resolve: (answer: string) => void; reject: (error: Error) => void } | null = null

  private constructor(socket: Socket, patience: number) {
    this.#socket = socket
    this.#patience = patience
    socket.on('data', (bytes: Buffer) => {
      this.#take(bytes.toString('latin1'))
    })
    const fail = () => {
      this.#gone = true
      this.#waiting?.reject(new Error(gone))
    }
    socket.on('error', fail).on('close', fail)
  }

  /**
   * Connects to a stub, at which nobody else is: it has one client at a time, and stops the guest for each.
   *
   * @param patience - how long each answer may take, in milliseconds
   * @throws Error where nobody listens there
   */
  static async connect(path: string, patience: number): Promise<GdbStub> {
    const socket = createConnection(path)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new GdbStub(socket, patience)
  }

  /**
   * Sends a packet, and gives the answer to it.
   *
   * @param patience - how long that may take; without a bound where it is null
   * @throws Error where none comes in time, or QEMU goes
   */
  ask(packet: string, patience: number | null = this.#patience): Promise<string> {
    const answer = new Promise<string>((resolve, reject) => {
      if (this.#gone) reject(new Error(gone))
      this.#waiting = { resolve, reject }
      const sum = Buffer.from(packet).reduce((total, byte) => total + byte, 0) & 0xff
      this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`)
    })
    return patience === null ? answer : soon(answer, patience)
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
