import { appendFileSync } from 'node:fs'
import { guestCommand } from '../launch/qemu-arguments.js'
import type { NestedHost } from '../launch/nested/host.js'
import { parseReport, sharedMemoryFor } from './protocol/parse-report.js'
import { encodeRequest } from './protocol/request.js'
import type { StartGuest } from './started-guest.js'

/** Starts guests in a nested host that is up. */
export function nestedGuests(host: NestedHost): StartGuest {
  return async (plan, images, listeners) => {
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
    })
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
      report: async () => parseReport('shared-memory', await guest.report()),
      [Symbol.asyncDispose]: async () => {
        guest.end()
        await guest.exited.catch(() => undefined)
      },
    }
  }
}
