import { join } from 'node:path'
import { makeGuestFolder } from '../console/guest-folder.js'
import { startOnTerminal } from '../console/pty.js'
import { EnvironmentError, InputError, InterruptedError } from '../errors.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import { commandWords } from '../launch/qemu-command.js'
import { qemuEnvironment } from '../launch/qemu-environment.js'
import { servedTsc } from '../launch/tsc.js'
import { confineProgram } from '../paths.js'
import type { FullRunOptions } from '../run/options.js'
import type { Scenario } from '../scenario/scenario.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { openControlLine } from './control-line.js'
import { gdbLine, gdbStop } from './gdb.js'
import { prepareShell } from './prepare.js'

/**
 * What a guest may have left a terminal in, taken back: the alternate screen, a hidden cursor, colours, a scrolling region, bracketed
 * paste, reports of the mouse (xterm, "Control Sequences": DECSET 1049, 25, 2004, 1000-1006; SGR 0; DECSTBM).
 */
const sane =
  '\x1b[?1049l\x1b[?25h\x1b[0m\x1b[r\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1l\x1b>'

/**
 * Gives a person the guest's console. The terminal is as it was when this ends, however it does.
 *
 * @param gdb - the function to stop at, `true` for the usual one; undefined: gdb is not waited for
 * @returns the status of the guest's shell; 0 where Ctrl-A X ended QEMU
 * @throws InputError where stdin or stdout is no terminal
 * @throws EnvironmentError where QEMU ended by itself
 */
export async function interactiveShell(
  scenario: Scenario,
  options: FullRunOptions,
  gdb: true | string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY)
    throw new InputError(
      'shell: expected a terminal as stdin and stdout, got none; --exec needs none',
    )
  const guest = await prepareShell(scenario, options, gdb !== undefined, noteOnStderr)
  const stop = gdb === undefined ? null : await gdbStop(guest.kernel, gdb)
  await using folder = await makeGuestFolder()
  const ended: { status: number | null } = { status: null }
  await using line = await openControlLine(
    join(folder.path, 'control'),
    word => {
      if (word.kind === 'ready') {
        const { columns, rows } = sizeOf(stdout)
        line.say(`shell ${rows} ${columns} ${termName()} ${scenario.name}\n`)
      } else if (word.kind === 'exit') ended.status = word.status
    },
    () => undefined,
  )
  const socket = join(folder.path, 'gdb')
  const words = commandWords(
    guestCommand(guest.plan, {
      ...guest.images,
      tsc: await servedTsc(guest.plan),
      console: { kind: 'keyboard' },
      report: { kind: 'serial', path: line.path },
      gdb: stop === null ? null : socket,
    }),
  )
  noteOnStderr(
    `${scenario.name} on ${guest.kernel.version}, ${guest.plan.accelerator}, on real time; Ctrl-A X ends it, Ctrl-A H tells more`,
  )
  if (stop !== null) {
    noteOnStderr('the guest waits for gdb, with nokaslr on its command line; in another terminal:')
    stdout.write(`${gdbLine(stop, socket)}\n`)
  }
  signal.throwIfAborted()
  let last = ''
  const qemu = startOnTerminal(
    [confineProgram, String(process.pid), ...words],
    sizeOf(stdout),
    { cwd: folder.path, env: { ...qemuEnvironment(process.env), TERM: 'dumb' } },
    text => {
      last = (last + text).slice(-2000)
      stdout.write(text)
    },
  )
  const type = (bytes: Buffer) => {
    qemu.write(bytes.toString())
  }
  const resize = () => {
    const { columns, rows } = sizeOf(stdout)
    line.say(`size ${rows} ${columns}\n`)
  }
  const end = () => {
    killQuietly(qemu.pid)
  }
  stdin.setRawMode(true)
  stdin.on('data', type).resume()
  stdout.on('resize', resize)
  signal.addEventListener('abort', end)
  let exit: Awaited<typeof qemu.exited>
  try {
    exit = await qemu.exited
  } finally {
    signal.removeEventListener('abort', end)
    stdout.off('resize', resize)
    stdin.off('data', type).pause()
    stdin.setRawMode(false)
    stdout.write(`${sane}\r\n`)
  }
  if (signal.aborted) throw new InterruptedError('interrupted')
  if (ended.status !== null) return ended.status
  if (exit.code === 0 && exit.signal === 0) return 0
  const how = exit.signal === 0 ? `status ${exit.code}` : `signal ${exit.signal}`
  const said = last.trim().split('\n').at(-1) ?? ''
  throw new EnvironmentError(`QEMU ended by itself (${how})${said === '' ? '' : `: ${said}`}`)
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): {
  columns: number
  rows: number
} {
  return { columns: columns || 80, rows: rows || 24 }
}

/** The terminal's name, as one word. */
function termName(): string {
  return /^[\w.+-]{1,60}$/.exec(process.env.TERM ?? '')?.[0] ?? 'vt100'
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    // It is gone.
  }
}
