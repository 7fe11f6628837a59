import { createServer, type Socket } from 'node:net'
import { doingThere } from '../../errors.js'
import type { WindowSize } from '../../terminal/window-size.js'
import { encodeSize, encodeStart, type Frame, FrameReader } from './frames.js'
import { frameHello } from './layout.js'
import type { ShellPurpose } from './purpose.js'

/** Who is told what comes over a control line. */
export interface ControlListeners {
  /** A frame came; none comes before what this returns is settled. */
  readonly onFrame: (frame: Frame) => Promise<void>
  /** What came is no frame of the guest's, or could not be dealt with: no more is read. */
  readonly onTrouble: (error: Error) => void
}

/** The host's end of a guest's control line. */
export interface ControlLine extends AsyncDisposable {
  /** Tells the guest that the terminal has another size; before it is up, that is what it starts with. */
  readonly resize: (size: WindowSize) => void
  /** Whether the guest has said hello. */
  readonly isGreeted: () => boolean
  /** Resolves once all that came was told: when QEMU has closed its end, or never had it. */
  readonly drained: () => Promise<void>
}

/**
 * Opens the host's end of a control line, and answers the guest's hello.
 *
 * @param path - of the Unix socket that QEMU connects to; made anew
 * @throws EnvironmentError when it can't be made
 */
export async function openControlLine(
  path: string,
  purpose: ShellPurpose,
  { onFrame, onTrouble }: ControlListeners,
): Promise<ControlLine> {
  const reader = new FrameReader()
  const sockets = new Set<Socket>()
  let { size } = purpose
  let greeted: Socket | null = null
  let telling = Promise.resolve()
  const hear = async (socket: Socket, frame: Frame) => {
    if (frame.type !== frameHello) return onFrame(frame)
    greeted = socket
    socket.write(encodeStart({ ...purpose, size }))
  }
  const take = (socket: Socket, bytes: Buffer) => {
    // One piece at a time: whoever reads slowly is not sent more.
    socket.pause()
    telling = telling
      .then(async () => {
        for (const frame of reader.feed(bytes)) await hear(socket, frame)
        socket.resume()
      })
      .catch((error: unknown) => {
        onTrouble(error as Error)
        socket.destroy()
      })
  }
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', (bytes: Buffer) => {
      take(socket, bytes)
    })
  })
  await doingThere(path, 'listen', () => {
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve)
    })
  })
  return {
    resize(next) {
      size = next
      greeted?.write(encodeSize(next))
    },
    isGreeted: () => greeted !== null,
    async drained() {
      const closed = [...sockets].map(
        socket => new Promise<void>(resolve => socket.once('close', resolve)),
      )
      await Promise.all(closed)
      await telling
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
