import { createServer, type Socket } from 'node:net'
import { maxSocketPath } from '../console/report-channel.js'
import { EnvironmentError } from '../errors.js'

/** What a guest says on its control line (guest/shell/PROTOCOL.md). */
export type GuestWord =
  | { readonly kind: 'ready' }
  | { readonly kind: 'out' | 'err'; readonly bytes: Buffer }
  | { readonly kind: 'exit'; readonly status: number }

/** Takes the control line's bytes apart, in whatever pieces they come. */
export class ControlReader {
  #pending: Buffer<ArrayBuffer> = Buffer.alloc(0)

  constructor(private readonly onWord: (word: GuestWord) => void) {}

  /** @throws EnvironmentError for what the protocol does not know */
  add(bytes: Uint8Array): void {
    this.#pending = Buffer.concat([this.#pending, bytes])
    while (this.#takeOne());
  }

  #takeOne(): boolean {
    const end = this.#pending.indexOf('\n')
    if (end < 0) {
      if (this.#pending.length > longestLine) throw strange(this.#pending)
      return false
    }
    const line = this.#pending.toString('latin1', 0, end)
    const [, kind, number] = /^(ready|out|err|exit)(?: (\d{1,6}))?$/.exec(line) ?? []
    const value = Number(number)
    switch (kind) {
      case 'ready':
        this.#skip(end + 1)
        this.onWord({ kind })
        return true
      case 'exit':
        this.#skip(end + 1)
        this.onWord({ kind, status: value })
        return true
      case 'out':
      case 'err': {
        if (this.#pending.length < end + 1 + value) return false
        const bytes = Buffer.from(this.#pending.subarray(end + 1, end + 1 + value))
        this.#skip(end + 1 + value)
        this.onWord({ kind, bytes })
        return true
      }
      default:
        throw strange(this.#pending)
    }
  }

  #skip(count: number): void {
    this.#pending = this.#pending.subarray(count)
  }
}

const longestLine = 64

function strange(bytes: Buffer): EnvironmentError {
  const shown = JSON.stringify(bytes.toString('latin1', 0, longestLine))
  return new EnvironmentError(
    `the guest's control line: expected a word of its protocol, got ${shown}`,
  )
}

/** The host's end of a guest's control line. */
export interface ControlLine extends AsyncDisposable {
  /** The socket that QEMU connects to. */
  readonly path: string
  /** Says something to the guest; nothing, if it is not there. */
  readonly say: (text: string | Uint8Array) => void
}

/**
 * Listens for a guest.
 *
 * @param onWord - told what it says
 * @param onTrouble - told if that is nothing of the protocol
 */
export async function openControlLine(
  path: string,
  onWord: (word: GuestWord) => void,
  onTrouble: (error: unknown) => void,
): Promise<ControlLine> {
  if (Buffer.byteLength(path) > maxSocketPath)
    throw new EnvironmentError(
      `${path}: expected a path of at most ${maxSocketPath} bytes for a socket; set TMPDIR to a shorter one`,
    )
  const sockets = new Set<Socket>()
  const reader = new ControlReader(onWord)
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      try {
        reader.add(bytes)
      } catch (error) {
        onTrouble(error)
      }
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return {
    path,
    say: text => {
      for (const socket of sockets) socket.write(text)
    },
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}
