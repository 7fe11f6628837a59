import { closeSync, constants, openSync } from 'node:fs'
import type { ReadStream } from 'node:tty'
import * as nodePty from 'node-pty'
import { EnvironmentError } from '../errors.js'

/** A pseudo-terminal whose one end QEMU opens as the guest's serial port, while guise reads the other. */
export interface Pty extends Disposable {
  /** The path of the end that QEMU opens, such as `/dev/pts/7`. */
  readonly path: string
  /** Takes nothing more: QEMU can write until the terminal is full. */
  pause(): void
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
  terminal.master.on('data', onData)
  // The terminal is gone only when guise closes it; what a stream says of that is no news.
  terminal.master.on('error', () => undefined)
  return {
    path,
    pause() {
      terminal.master.pause()
    },
    [Symbol.dispose]() {
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
