import { appendFileSync } from 'node:fs'
import { shownDevice } from '../plan/driven-devices.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import type { NestedHost } from '../launch/nested/host.js'
import type { NestedGuest } from '../launch/nested/job.js'
import { parseReport, sharedMemoryFor } from './protocol/parse-report.js'
import { encodeRequest } from './protocol/request.js'
import { QmpScreen } from './screen/guest-screen.js'
import type { StartGuest } from './started-guest.js'

/** Starts guests in a nested host that is up. */
export function nestedGuests(host: NestedHost): StartGuest {
  return async (plan, images, listeners) => {
    const shown = shownDevice(plan)
    let hear: (text: string) => void = () => undefined
    const guest = await host.run({
      ...images,
      command: inside => guestCommand(plan, inside),
      report: {
        size: sharedMemoryFor(plan.scenario.machine.cpus),
        request: encodeRequest(plan.extraLeaves),
      },
      onConsole: bytes => {
        // QEMU's own log is inside; here guise keeps what comes out, before anybody looks at it.
        appendFileSync(images.consoleLog, bytes)
        listeners.onConsole(bytes)
      },
      onStderr: listeners.onStderr,
      onAnswer: text => {
        hear(text)
      },
    })
    const screen = shown === null ? undefined : nestedScreen(guest, shown.id)
    hear = text => screen?.hear(text)
    return {
      command: guest.command,
      exited: guest.exited,
      hadCompany: guest.hadCompany,
      pid: () => host.pid,
      end: guest.end,
      // What the host inside has taken from the guest comes out in any case.
      pauseConsole: () => undefined,
      counts: () => '',
      mayHaveReported: () => true,
      screen,
      report: async () => parseReport('shared-memory', await guest.report()),
      [Symbol.asyncDispose]: async () => {
        guest.end()
        await guest.exited.catch(() => undefined)
      },
    }
  }
}

/** The screen of a guest whose QEMU was started in a folder of its own, with its monitor for standard input. */
function nestedScreen({ ask, picture, exited }: NestedGuest, device: string): QmpScreen {
  const line = { send: ask, close: () => undefined }
  const screen = new QmpScreen(line, device, { path: 'picture', read: picture })
  screen.begin()
  const gone = () => {
    screen.lose(new Error('QEMU is gone'))
  }
  exited.then(gone, gone)
  return screen
}
