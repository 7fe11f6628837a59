import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as elapse } from 'node:timers/promises'
import { EnvironmentError } from '../../errors.js'
import { guestCommand } from '../../launch/qemu-arguments.js'
import { commandWords } from '../../launch/qemu-command.js'
import { inheritedFolder, mostMemory, type QemuExit, startQemu } from '../../launch/qemu-process.js'
import { servedTsc } from '../../launch/tsc.js'
import { hostFilesOf } from '../../plan/host-files.js'
import type { Plan } from '../../plan/plan.js'
import type { WindowSize } from '../../terminal/window-size.js'
import { makeGuestFolder } from '../guest-folder.js'
import { stopAt } from '../gdb/stop-at.js'
import { Opened } from '../opened.js'
import { sharedMemoryFor } from '../protocol/parse-report.js'
import { encodeRequest } from '../protocol/request.js'
import { openPty } from '../pty.js'
import { maxSocketPath } from '../report-channel.js'
import type { GuestInputs } from '../started-guest.js'
import { type ControlListeners, openControlLine } from './control-line.js'
import type { ShellPurpose } from './purpose.js'

/** Who is told what comes out of the guest of a shell. */
export interface ShellListeners extends ControlListeners {
  readonly onConsole: (bytes: Buffer) => void
  readonly onStderr: (text: string) => void
}

/** What a shell's guest is started with. */
export interface ShellInputs {
  readonly plan: Plan
  readonly images: Omit<GuestInputs, 'consoleLog'>
  readonly purpose: Omit<ShellPurpose, 'name' | 'request'>
  /** Whether it waits for a debugger. */
  readonly debugged: boolean
}

/** The guest of a shell. When it is disposed of, QEMU is gone, and so is all that was made for it. */
export interface ShellGuest extends AsyncDisposable {
  /** Resolves when QEMU is gone, and all that came out of it was told. */
  readonly exited: Promise<QemuExit>
  /** Types on its console. */
  readonly type: (bytes: Uint8Array) => void
  readonly resize: (size: WindowSize) => void
  /** Whether its init was heard of. */
  readonly isUp: () => boolean
  /** Ends QEMU: SIGTERM, and SIGKILL where that does not help. */
  readonly end: () => void
  /** Lets a guest that waits for a debugger go on to an address; then its socket is free for gdb. Null for one that does not wait. */
  readonly debugger: Debugger | null
}

/** QEMU's stub for gdb. */
export interface Debugger {
  readonly socket: string
  /** @throws Error where the guest does not get there */
  readonly stopAt: (address: bigint) => Promise<void>
}

/** Starts the guest of a shell in a QEMU of this host: its console on a pseudo-terminal, its control line on a socket. */
export async function startShellGuest(
  { plan, images, purpose, debugged }: ShellInputs,
  listeners: ShellListeners,
): Promise<ShellGuest> {
  await using opened = new Opened()
  const folder = await makeGuestFolder(images.rights)
  opened.add(() => folder[Symbol.asyncDispose]())
  // However long the folder's path is: a socket's has 107 bytes at most.
  const handle = openSync(folder.path, constants.O_RDONLY | constants.O_DIRECTORY)
  opened.add(() => {
    closeSync(handle)
  })
  const own = (name: string) => `/proc/self/fd/${handle}/${name}`
  const told = { ...purpose, name: plan.scenario.name, request: encodeRequest(plan.extraLeaves) }
  const control = await openControlLine(own('control'), told, listeners)
  opened.add(() => control[Symbol.asyncDispose]())
  const pty = openPty(listeners.onConsole)
  opened.add(() => {
    pty[Symbol.dispose]()
  })
  const socket = debugged ? debuggerSocket(folder.path) : null
  const command = guestCommand(plan, {
    ...images,
    qemu: images.qemu.map(word => (word.includes('/') ? resolve(word) : word)),
    kernel: resolve(images.kernel),
    initramfs: resolve(images.initramfs),
    console: { kind: 'pty', path: pty.path, log: null },
    report: {
      kind: 'control',
      path: `${inheritedFolder}/control`,
      channel: plan.channel,
      size: sharedMemoryFor(plan.scenario.machine.cpus),
    },
    tsc: await servedTsc(plan),
    gdb: socket === null ? null : `${inheritedFolder}/${gdbName}`,
  })
  const cwd = hostFilesOf(plan.scenario).length > 0 ? undefined : folder.path
  const qemu = startQemu(commandWords(command), {
    onStderr: listeners.onStderr,
    folder: handle,
    cwd,
    megabytes: mostMemory(plan.scenario.machine),
  })
  let over = false
  const exited = qemu.exited.then(async exit => {
    over = true
    await pty.drain()
    await control.drained()
    return exit
  })
  const close = opened.release()
  return {
    exited,
    type: bytes => {
      if (!over) pty.type(bytes)
    },
    resize: control.resize,
    isUp: control.isGreeted,
    end: () => {
      qemu.end()
    },
    debugger: socket === null ? null : debuggerAt(socket, () => over),
    async [Symbol.asyncDispose]() {
      qemu.end()
      await exited
      await close()
    },
  }
}

const gdbName = 'gdb'
const lookAgainMs = 20

/** The path of QEMU's stub for gdb, by which gdb finds it. */
function debuggerSocket(folder: string): string {
  const path = join(folder, gdbName)
  if (Buffer.byteLength(path) <= maxSocketPath) return path
  throw new EnvironmentError(
    `${path}: expected a path of at most ${maxSocketPath} bytes, for gdb to find QEMU by; TMPDIR names the folder to use`,
  )
}

function debuggerAt(socket: string, isOver: () => boolean): Debugger {
  return {
    socket,
    async stopAt(address) {
      // QEMU makes it as it starts.
      while (!existsSync(socket)) {
        if (isOver()) throw new Error('QEMU has ended')
        await elapse(lookAgainMs)
      }
      await stopAt(socket, address)
    },
  }
}
