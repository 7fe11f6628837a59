import { join } from 'node:path'
import { makeGuestFolder } from '../console/guest-folder.js'
import { openPty } from '../console/pty.js'
import { EnvironmentError, InterruptedError } from '../errors.js'
import { guestCommand } from '../launch/qemu-arguments.js'
import { commandWords } from '../launch/qemu-command.js'
import { describeExit, startQemu } from '../launch/qemu-process.js'
import { servedTsc } from '../launch/tsc.js'
import { consoleTail } from '../report/printable.js'
import { openControlLine } from './control-line.js'
import type { ShellGuest } from './prepare.js'

/** Where a command's output goes, as it comes. */
export interface ExecOutput {
  readonly out: (bytes: Buffer) => void
  readonly err: (bytes: Buffer) => void
}

/** The most that a command may write, both of its streams together, in bytes: a serial port brings some 100 kB a second. */
export const mostOutput = 16 * 2 ** 20

// Enough of a console to see what a guest died of.
const keptConsole = 64 * 1024

/**
 * Runs one command in a guest.
 *
 * @returns its status; 128 and the signal's number where a signal ended it
 * @throws EnvironmentError where the guest ends before the command does, with the end of its console, and where the time or
 * {@link mostOutput} is exceeded
 * @throws InterruptedError when the signal is aborted
 */
export async function execInGuest(
  { plan, images }: ShellGuest,
  command: string,
  output: ExecOutput,
  signal: AbortSignal,
): Promise<number> {
  await using folder = await makeGuestFolder()
  let console = Buffer.alloc(0)
  let written = 0
  let told: { status: number } | { trouble: unknown } | null = null
  let isReady = false
  const finish = (end: NonNullable<typeof told>) => {
    told ??= end
    qemu?.end()
  }
  await using line = await openControlLine(
    join(folder.path, 'control'),
    word => {
      switch (word.kind) {
        case 'ready': {
          isReady = true
          const bytes = Buffer.from(command)
          line.say(`exec ${bytes.length}\n`)
          line.say(bytes)
          return
        }
        case 'exit':
          finish({ status: word.status })
          return
        default:
          written += word.bytes.length
          output[word.kind](word.bytes)
          if (written > mostOutput)
            finish({
              trouble: new EnvironmentError(
                `the command wrote more than ${mostOutput} bytes: it was ended`,
              ),
            })
      }
    },
    trouble => {
      finish({ trouble })
    },
  )
  using pty = openPty(bytes => {
    console = Buffer.concat([console, bytes]).subarray(-keptConsole)
  })
  const words = commandWords(
    guestCommand(plan, {
      ...images,
      tsc: await servedTsc(plan),
      console: { kind: 'pty', path: pty.path, log: join(folder.path, 'console.log') },
      report: { kind: 'serial', path: line.path },
    }),
  )
  const qemu: ReturnType<typeof startQemu> | undefined = startQemu(
    words,
    undefined,
    undefined,
    folder.path,
  )
  const { totalMs } = plan.deadlines
  const deadline = setTimeout(() => {
    finish({
      trouble: new EnvironmentError(
        `${plan.scenario.name}: expected an end within ${totalMs / 1000} s (--timeout), got none${isReady ? '' : ', nor a shell'}`,
      ),
    })
  }, totalMs)
  const interrupt = () => {
    finish({ trouble: new InterruptedError('interrupted') })
  }
  signal.addEventListener('abort', interrupt)
  if (signal.aborted) interrupt()
  try {
    const exit = await qemu.exited
    await pty.drain()
    const end = told as { status: number } | { trouble: unknown } | null
    if (end !== null && 'status' in end) return end.status
    const tail = consoleTail(console, 8).map(text => `\n  | ${text}`)
    if (end === null)
      throw new EnvironmentError(
        `${plan.scenario.name}: expected the command's end, got that of the guest (${describeExit(exit)})${tail.join('')}`,
      )
    throw end.trouble
  } finally {
    clearTimeout(deadline)
    signal.removeEventListener('abort', interrupt)
  }
}
