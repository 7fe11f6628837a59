import { guestCommand } from '../launch/qemu-arguments.js'
import { startQemu } from '../launch/qemu-process.js'
import { makeGuestFolder } from './guest-folder.js'
import { openPty } from './pty.js'
import { openReportChannel } from './report-channel.js'
import type { StartGuest } from './started-guest.js'

/** Starts a guest in a QEMU of this host: its console on a pseudo-terminal, its report in a file or on a socket. */
export const startLocalGuest: StartGuest = async (plan, images, listeners) => {
  const folder = await makeGuestFolder()
  const report = await openReportChannel(
    plan.channel,
    folder.path,
    plan.extraLeaves,
    plan.scenario.machine.cpus,
    listeners.onReport,
  )
  const pty = openPty(listeners.onConsole)
  const command = guestCommand(plan, {
    ...images,
    console: { kind: 'pty', path: pty.path, log: images.consoleLog },
    report: report.endpoint,
  })
  const qemu = startQemu(command, listeners.onStderr)
  return {
    command,
    exited: qemu.exited.then(async exit => {
      await pty.drain()
      return exit
    }),
    pid: () => qemu.pid,
    end: () => {
      qemu.end()
    },
    pauseConsole: () => {
      pty.pause()
    },
    mayHaveReported: report.isComplete,
    report: () => Promise.resolve(report.read()),
    [Symbol.asyncDispose]: async () => {
      qemu.end()
      await qemu.exited
      pty[Symbol.dispose]()
      await report[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
