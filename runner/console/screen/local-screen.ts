import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { readRegularFile } from '../../bounded-file.js'
import type { ScreenEndpoint } from '../../launch/qemu-arguments.js'
import { maxSocketPath } from '../report-channel.js'
import { QmpScreen } from './guest-screen.js'
import { mostPictureBytes } from './picture.js'

const name = 'screen'

/** guise's end of the monitor that a guest's picture is asked from. */
export interface OpenScreen extends AsyncDisposable {
  readonly endpoint: ScreenEndpoint
  readonly screen: QmpScreen
}

/**
 * Listens, in `folder`, for the monitor of a QEMU that runs in it.
 *
 * @param device - what QEMU knows the device by that shows the picture
 * @param runsThere - whether its working folder is that folder
 */
export async function openLocalScreen(
  folder: string,
  device: string,
  runsThere = true,
): Promise<OpenScreen> {
  // TMPDIR may be longer than a socket's path: then the name is enough, for QEMU runs in the folder, and for us it is open.
  const path = join(folder, name)
  const opened = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  let socket: Socket | null = null
  const send = (text: string) => {
    socket?.write(text)
  }
  const picture = join(folder, 'picture')
  const bounds = { what: 'its picture', maxBytes: mostPictureBytes }
  // A QEMU that has given up root's rights may not be let into what is above the folder.
  const file = {
    path: runsThere ? 'picture' : picture,
    read: () => readRegularFile(picture, bounds),
  }
  const screen = new QmpScreen({ send, close: () => socket?.destroy() }, device, file)
  const server = createServer(connected => {
    if (socket !== null) {
      connected.destroy()
      return
    }
    socket = connected
    const gone = () => {
      screen.lose(new Error('QEMU closed its monitor'))
    }
    connected.on('error', gone).on('close', gone)
    connected.on('data', (bytes: Buffer) => {
      screen.hear(bytes.toString())
    })
    screen.begin()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(`/proc/self/fd/${opened.fd}/${name}`, resolve)
  })
  await opened.close()
  return {
    endpoint: { kind: 'path', path: Buffer.byteLength(path) > maxSocketPath ? name : path },
    screen,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        socket?.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}
