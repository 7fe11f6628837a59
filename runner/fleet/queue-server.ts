import { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { EnvironmentError } from '../errors.js'
import type { QueueUrl } from './queue-url.js'

/** How one waits for a server. */
export interface ServerOptions {
  /** For how long it may be away, in milliseconds. */
  readonly waitMs: number
  readonly signal: AbortSignal
  /** Told when it is waited for, and when it is there again. */
  readonly onNote: (text: string) => void
}

const tickMs = 1000

/** A connection to the server of a queue, which is made anew where it breaks. Dispose of it to close it. */
export class QueueServer implements AsyncDisposable {
  readonly client: Redis
  readonly shown: string
  readonly #options: ServerOptions
  readonly #gone = new AbortController()
  readonly #copies: Redis[] = []
  #timer: NodeJS.Timeout | undefined
  #trouble = 'no answer'

  private constructor(url: QueueUrl, options: ServerOptions) {
    const { host, port, db, username, password, tls, shown } = url
    this.shown = shown
    this.#options = options
    this.client = new Redis({
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls ? { tls: { servername: host } } : {}),
      lazyConnect: true,
      maxRetriesPerRequest: null,
      retryStrategy: times => Math.min(100 * times, 1000),
    })
    this.#listen(this.client)
  }

  /**
   * Connects.
   *
   * @throws EnvironmentError where the server lets nobody in, or is away for too long
   */
  static async connect(url: QueueUrl, options: ServerOptions): Promise<QueueServer> {
    const server = new QueueServer(url, options)
    try {
      await server.#open()
      return server
    } catch (error) {
      server.#close()
      throw error
    }
  }

  /** Aborted, with an EnvironmentError, when the server was away for too long. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** A connection of its own to the same server: for one that listens, or waits. */
  copy(): Redis {
    const copy = this.client.duplicate()
    this.#listen(copy)
    this.#copies.push(copy)
    return copy
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close()
    return Promise.resolve()
  }

  async #open(): Promise<void> {
    const { waitMs, signal, onNote } = this.#options
    // The first trouble is in the listener's; it is tried again all the same.
    this.client.connect().catch(() => undefined)
    for (let waited = 0; this.client.status !== 'ready'; waited += 50) {
      signal.throwIfAborted()
      if (
        /WRONGPASS|NOAUTH|NOPERM|invalid (?:username|password)|without any password/i.test(
          this.#trouble,
        )
      )
        throw new EnvironmentError(`${this.shown}: expected to be let in, got: ${this.#trouble}`)
      if (waited >= waitMs) throw this.#away()
      if (waited === 1000) onNote(`waiting for ${this.shown}: ${this.#trouble}`)
      await sleep(50)
    }
    this.#watch()
  }

  /** Asks the server whether it is there; time in which this process is stopped does not count. */
  #watch(): void {
    const { waitMs, onNote } = this.#options
    let silent = 0
    let asked = false
    this.#timer = setInterval(() => {
      silent += 1
      if (silent === 3) onNote(`waiting for ${this.shown}: ${this.#trouble}`)
      if (silent * tickMs > waitMs) this.#gone.abort(this.#away())
      if (asked) return
      asked = true
      this.client
        .ping()
        .then(
          () => {
            if (silent >= 3) onNote(`${this.shown} is there again`)
            silent = 0
          },
          () => undefined,
        )
        .finally(() => {
          asked = false
        })
    }, tickMs)
  }

  #away(): EnvironmentError {
    const { waitMs } = this.#options
    return new EnvironmentError(
      `${this.shown}: expected the server of the queue, got none for ${waitMs / 1000} s: ${this.#trouble}`,
    )
  }

  // What ioredis throws may hold the password; its message does not.
  #listen(client: Redis): void {
    client.on('error', (error: Error) => {
      this.#trouble = error.message
    })
  }

  #close(): void {
    clearInterval(this.#timer)
    for (const client of [this.client, ...this.#copies]) client.disconnect()
  }
}
