import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import * as z from 'zod'

/** A command that is run in the emulated host. */
export interface Step {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Who runs it; root by default. */
  readonly uid?: number
  readonly gid?: number
}

const endedSchema = z.object({
  /** The exit status; null where a signal or a failure to start ended it. */
  status: z.number().nullable(),
  stdout: z.array(z.string()),
  stderr: z.array(z.string()),
  /** How long it took, in milliseconds. */
  ms: z.number(),
})

/** How a step ended. */
export type StepResult = z.output<typeof endedSchema>

const messageSchema = z.union([
  z.strictObject({ up: z.literal(true) }),
  z.strictObject({ line: z.string() }),
  z.strictObject({ ended: endedSchema }),
])

type Message = z.output<typeof messageSchema>

/** The Unix socket on which the agent of an emulated host (agent.js) is heard and told what to run, one step after the other. */
export class AgentPort implements AsyncDisposable {
  readonly #server = createServer()
  #socket: Socket | null = null
  #messages: AsyncIterator<string> | null = null

  /** Listens at `path`. */
  static async open(path: string): Promise<AgentPort> {
    const port = new AgentPort()
    port.#server.listen(path)
    await once(port.#server, 'listening')
    return port
  }

  /**
   * Waits until the agent speaks.
   *
   * @throws AbortError where `signal` is aborted before
   */
  async up(signal: AbortSignal): Promise<void> {
    const [socket] = (await once(this.#server, 'connection', { signal })) as [Socket]
    socket.on('error', () => undefined)
    this.#socket = socket
    this.#messages = createInterface({ input: socket })[Symbol.asyncIterator]()
    await this.#next()
  }

  /**
   * Runs a step to its end.
   *
   * @param onLine - told each line that it writes
   * @throws Error where the host is gone before
   */
  async run(step: Step, onLine: (line: string) => void = () => undefined): Promise<StepResult> {
    this.#socket?.write(JSON.stringify(step) + '\n')
    for (;;) {
      const message = await this.#next()
      if ('ended' in message) return message.ended
      if ('line' in message) onLine(message.line)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #next(): Promise<Message> {
    const next = await this.#messages?.next()
    if (next === undefined || next.done === true) throw new Error('the emulated host is gone')
    return messageSchema.parse(JSON.parse(next.value))
  }
}
