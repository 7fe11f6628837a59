import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { shownDevice } from '../plan/driven-devices.js'
import { hostFilesOf } from '../plan/host-files.js'
import { meterFiles } from '../launch/meter.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import { commandWords } from '../launch/qemu-command.js'
import { mostMemory, startQemu } from '../launch/qemu-process.js'
import { servedTsc } from '../launch/tsc.js'
import { makeGuestFolder } from './guest-folder.js'
import { sampleGuest } from './look/sample-guest.js'
import { Opened } from './opened.js'
import { openPty } from './pty.js'
import { maxSocketPath, openReportChannel } from './report-channel.js'
import { openLocalScreen } from './screen/local-screen.js'
import type { StartGuest } from './started-guest.js'

/** Starts a guest in a QEMU of this host: its console on a pseudo-terminal, its report in a file or on a socket. */
export const startLocalGuest: StartGuest = async (plan, images, listeners) => {
  await using opened = new Opened()
  const folder = await makeGuestFolder(images.rights)
  opened.add(() => folder[Symbol.asyncDispose]())
  const report = await openReportChannel(
    plan.channel,
    folder.path,
    plan.extraLeaves,
    plan.scenario.machine.cpus,
    listeners.onReport,
  )
  opened.add(() => report[Symbol.asyncDispose]())
  const pty = openPty(listeners.onConsole)
  opened.add(() => {
    pty[Symbol.dispose]()
  })
  const consoleLog = resolve(images.consoleLog)
  const meter = meterFiles(plan, join(folder.path, 'instructions'), consoleLog)
  const socket = join(folder.path, 'monitor')
  // Without a monitor a guest is still seen by its interrupts.
  const hasMonitor = plan.look !== undefined && Buffer.byteLength(socket) <= maxSocketPath
  const monitor = hasMonitor ? socket : null
  const shown = shownDevice(plan)
  // A name that a scenario gives to QEMU means a file of this machine only where that is allowed, which a run sees to.
  const cwd = hostFilesOf(plan.scenario).length > 0 ? undefined : folder.path
  const screen =
    shown === null ? null : await openLocalScreen(folder.path, shown.id, cwd !== undefined)
  if (screen !== null) opened.add(() => screen[Symbol.asyncDispose]())
  const command = guestCommand(plan, {
    ...images,
    qemu: images.qemu.map(word => (word.includes('/') ? resolve(word) : word)),
    kernel: resolve(images.kernel),
    initramfs: resolve(images.initramfs),
    console: { kind: 'pty', path: pty.path, log: consoleLog },
    report: report.endpoint,
    meter,
    tsc: await servedTsc(plan),
    monitor,
    screen: screen?.endpoint ?? null,
  })
  const qemu = startQemu(commandWords(command), {
    onStderr: listeners.onStderr,
    cwd,
    megabytes: mostMemory(plan.scenario.machine),
  })
  const close = opened.release()
  return {
    command,
    exited: qemu.exited.then(async exit => {
      screen?.screen.lose(new Error('QEMU is gone'))
      await pty.drain()
      return exit
    }),
    hadCompany: () => false,
    pid: () => qemu.pid,
    end: () => {
      qemu.end()
    },
    pauseConsole: () => {
      pty.pause()
    },
    counts: () => (meter === null ? '' : textOf(meter.counts)),
    mayHaveReported: report.isComplete,
    sample: monitor === null ? undefined : alsoAt => sampleGuest(monitor, alsoAt),
    screen: screen?.screen,
    report: () => Promise.resolve(report.read()),
    [Symbol.asyncDispose]: async () => {
      qemu.end()
      await qemu.exited
      await close()
    },
  }
}

/** What a file says; nothing if it is not there. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
