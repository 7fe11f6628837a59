import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdirSync } from 'node:fs'
import type { Test } from 'tap'
import { Redis } from 'ioredis'

/** A Redis server of a test's own, on a free port of the loopback. */
export class TestRedis {
  readonly port: number
  readonly #folder: string
  readonly #options: readonly string[]
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port
    this.#folder = folder
    this.#options = options
  }

  /** Starts one, which ends with the test. */
  static async start(t: Test, folder: string, ...options: string[]): Promise<TestRedis> {
    mkdirSync(folder, { recursive: true })
    const server = new TestRedis(await freePort(), folder, options)
    t.teardown(() => server.stop())
    await server.start()
    return server
  }

  /** Its URL, with a password where one is given. */
  url(password = ''): string {
    return `redis://${password === '' ? '' : `:${password}@`}127.0.0.1:${this.port}/`
  }

  /** A client of it, which ends with the test. */
  client(t: Test, options: { password?: string } = {}): Redis {
    const client = new Redis({ port: this.port, host: '127.0.0.1', ...options })
    client.on('error', () => undefined)
    t.teardown(() => {
      client.disconnect()
    })
    return client
  }

  /** Starts it, again where it was stopped. */
  async start(): Promise<void> {
    const where = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.#folder]
    this.#process = spawn('redis-server', [...where, '--save', '', ...this.#options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const text of this.#process.stdout ?? [])
      if (String(text).includes('Ready to accept connections')) break
    this.#process.stdout?.resume()
  }

  /** Ends it, by SIGTERM unless told otherwise. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ending = this.#process
    if (ending?.exitCode !== null || ending.signalCode !== null) return
    const ended = new Promise(resolve => ending.once('exit', resolve))
    ending.kill(signal)
    await ended
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  })
}
