import { createConnection, type Socket } from 'node:net'
import * as z from 'zod'
import { soon } from './soon.js'

const answerSchema = z.looseObject({
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
  event: z.string().optional(),
  QMP: z.unknown().optional(),
})

/** A QEMU's monitor (QEMU's docs/interop/qmp-spec.rst). */
export class Qmp implements Disposable {
  readonly #socket: Socket
  readonly #patience: number
  #text = ''
  #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void } | null = null

  private constructor(socket: Socket, patience: number) {
    this.#socket = socket
    this.#patience = patience
    socket.on('data', (bytes: Buffer) => {
      this.#take(bytes.toString())
    })
    const fail = () => this.#waiting?.reject(new Error('QEMU closed its monitor'))
    socket.on('error', fail).on('close', fail)
  }

  /**
   * Connects to the monitor behind a socket.
   *
   * @param patience - how long each answer may take, in milliseconds
   * @throws Error when nobody listens there
   */
  static async connect(path: string, patience: number): Promise<Qmp> {
    const socket = createConnection(path)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const qmp = new Qmp(socket, patience)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /**
   * Executes a command and returns its answer. One at a time.
   *
   * @throws Error when QEMU refuses it, goes, or does not answer
   */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    })
    return soon(answer, this.#patience)
  }

  /** What the monitor for persons says to a command. */
  async ask(line: string, cpu = 0): Promise<string> {
    const args = { 'command-line': line, 'cpu-index': cpu }
    return z.string().parse(await this.execute('human-monitor-command', args))
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    const lines = (this.#text + text).split('\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) {
      const { QMP, event, error, return: value } = answerSchema.parse(JSON.parse(line))
      if (QMP !== undefined || event !== undefined) continue
      const waiting = this.#waiting
      this.#waiting = null
      if (error) waiting?.reject(new Error(error.desc))
      else waiting?.resolve(value)
    }
  }
}
