import { createConnection } from 'node:net'
import * as z from 'zod'
import { soon } from './soon.js'

const answerSchema = z.looseObject({
  return: z.unknown().optional(),
  error: z.looseObject({ desc: z.string() }).optional(),
  event: z.string().optional(),
  QMP: z.unknown().optional(),
})

/** What a {@link Qmp} speaks over. */
export interface QmpLine {
  readonly send: (text: string) => void
  readonly close: () => void
}

// The longest answer that guise asks for has some hundred kilobytes: the registers of 288 CPUs.
const mostText = 4 * 1024 * 1024

/** Whoever waits for an answer. */
interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** A QEMU's monitor (QEMU's docs/interop/qmp-spec.rst). */
export class Qmp implements Disposable {
  readonly #line: QmpLine
  readonly #patience: number
  readonly #onEvent: (event: string) => void
  #text = ''
  #broken: Error | null = null
  readonly #waiting: Waiting[] = []

  /**
   * @param line - to the monitor; what comes from there is to be given to {@link take}
   * @param patience - how long each answer may take, in milliseconds
   */
  constructor(line: QmpLine, patience: number, onEvent: (event: string) => void = () => undefined) {
    this.#line = line
    this.#patience = patience
    this.#onEvent = onEvent
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
    const send = (text: string) => socket.write(text)
    const qmp = new Qmp({ send, close: () => socket.destroy() }, patience)
    socket.on('data', (bytes: Buffer) => {
      qmp.take(bytes.toString())
    })
    const gone = () => {
      qmp.fail(new Error('QEMU closed its monitor'))
    }
    socket.on('error', gone).on('close', gone)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /**
   * Executes a command and returns its answer; answers come in the order of the commands.
   *
   * @param patience - how long this answer may take, in milliseconds
   * @throws Error when QEMU refuses it, goes, or does not answer
   */
  execute(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    patience = this.#patience,
  ): Promise<unknown> {
    if (this.#broken !== null) return Promise.reject(this.#broken)
    const answer = new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#line.send(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    })
    return soon(answer, patience)
  }

  /** What the monitor for persons says to a command. */
  async ask(line: string, cpu = 0): Promise<string> {
    const args = { 'command-line': line, 'cpu-index': cpu }
    return z.string().parse(await this.execute('human-monitor-command', args))
  }

  /** Takes what came from the monitor. */
  take(text: string): void {
    if (this.#broken !== null) return
    const lines = (this.#text + text).split('\n')
    this.#text = lines.pop() ?? ''
    if (this.#text.length > mostText) this.fail(new Error('QEMU answers without an end'))
    for (const line of lines) this.#takeLine(line)
  }

  /** Nothing more comes: what is waited for is rejected, and so is all that is asked after it. */
  fail(error: Error): void {
    this.#broken ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken)
  }

  [Symbol.dispose](): void {
    this.#line.close()
  }

  #takeLine(line: string): void {
    const answer = parseAnswer(line)
    if (answer === null) {
      this.fail(new Error('QEMU answers what no monitor does'))
      return
    }
    const { QMP, event, error, return: value } = answer
    if (event !== undefined) this.#onEvent(event)
    if (QMP !== undefined || event !== undefined) return
    const waiting = this.#waiting.shift()
    if (error) waiting?.reject(new Error(error.desc))
    else waiting?.resolve(value)
  }
}

function parseAnswer(line: string): z.output<typeof answerSchema> | null {
  try {
    return answerSchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}
