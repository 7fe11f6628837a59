import { createServer, type Socket } from 'node:net'
import { type Frame, FrameDecoder } from './frame.js'

/** guise's end of a virtio-serial port. */
export interface Port extends AsyncDisposable {
  send(frame: Uint8Array): void
}

/**
 * Listens on a Unix socket, to which the nested host's QEMU connects a port.
 *
 * @param onFrame - told each frame that comes
 * @param onBroken - told where what comes is no frames
 */
export async function openPort(
  path: string,
  onFrame: (frame: Frame) => void,
  onBroken: (why: string) => void,
): Promise<Port> {
  let connected: Socket | undefined
  const server = createServer(socket => {
    connected = socket
    const decoder = new FrameDecoder()
    // The end of QEMU is told by its process.
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      try {
        decoder.push(bytes).forEach(onFrame)
      } catch (error) {
        socket.destroy()
        onBroken((error as Error).message)
      }
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return {
    send(frame) {
      connected?.write(frame)
    },
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        connected?.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}
