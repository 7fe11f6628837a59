import { closeSync, constants, openSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ReadStream } from 'node:tty'
import * as nodePty from 'node-pty'
import { EnvironmentError } from '../errors.js'

/** A pseudo-terminal whose one end QEMU opens as the guest's serial port, while guise reads the other. */
export interface Pty extends Disposable {
  /** The path of the end that QEMU opens, such as `/dev/pts/7`. */
  readonly path: string
  /** Takes nothing more: QEMU can write until the terminal is full. */
  pause(): void
  /** Takes what is still in the terminal when QEMU is gone. */
  drain(): Promise<void>
}

// What node-pty's open() returns; the function is exported and missing from its typings.
interface OpenedTerminal {
  readonly master: ReadStream
  readonly slave: ReadStream
  readonly _pty: string
}

const { open } = nodePty as unknown as {
  readonly open: (options: { encoding: null }) => OpenedTerminal
}

// QEMU writes byte by byte, and to be woken for each costs guise as much time as QEMU takes to write it. A terminal holds
// all that a guest writes in such a while (4 KiB, N_TTY_BUF_SIZE of drivers/tty/n_tty.c, and the flip buffers before it).
const restMs = 8

/**
 * Opens a pseudo-terminal and hands every byte that QEMU writes to `onData`. It is held open at both ends, so that
 * nothing is lost and nothing ends when QEMU closes its own.
 *
 * @throws EnvironmentError when the machine gives none
 */
export function openPty(onData: (bytes: Buffer) => void): Pty {
  const terminal = openTerminal()
  const path = terminal._pty
  // node-pty's own stream on the far end would read, and so steal, what is meant for QEMU.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
  terminal.slave.destroy()
  let rest: NodeJS.Timeout | undefined
  let resting = true
  let taken = 0
  terminal.master.on('data', (bytes: Buffer) => {
    taken += bytes.length
    onData(bytes)
    if (!resting) return
    terminal.master.pause()
    rest = setTimeout(() => terminal.master.resume(), restMs)
  })
  // The terminal is gone only when guise closes it; what a stream says of that is no news.
  terminal.master.on('error', () => undefined)
  return {
    path,
    pause() {
      resting = false
      clearTimeout(rest)
      terminal.master.pause()
    },
    async drain() {
      resting = false
      clearTimeout(rest)
      terminal.master.resume()
      // The turn in which it is resumed may be too late to read in.
      for (let quietTurns = 0; quietTurns < 2;) {
        const before = taken
        await nextTurn()
        quietTurns = taken === before ? quietTurns + 1 : 0
      }
    },
    [Symbol.dispose]() {
      clearTimeout(rest)
      terminal.master.destroy()
      closeSync(held)
    },
  }
}

function openTerminal(): OpenedTerminal {
  try {
    return open({ encoding: null })
  } catch (error) {
    throw new EnvironmentError(
      `expected a pseudo-terminal for the guest's console, got: ${(error as Error).message}; is /dev/pts mounted, and are there any left (/proc/sys/kernel/pty)?`,
      { cause: error },
    )
  }
}
