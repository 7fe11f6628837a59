import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ReadStream } from 'node:tty'
import type * as nodePty from 'node-pty'
import { EnvironmentError } from '../errors.js'

/** A pseudo-terminal whose one end QEMU opens as the guest's serial port, while guise reads the other. */
export interface Pty extends Disposable {
  /** The path of the end that QEMU opens, such as `/dev/pts/7`. */
  readonly path: string
  /** Types: QEMU reads it as its serial port has room. What is too much for a guest that reads nothing is lost. */
  type(bytes: Uint8Array): void
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
  readonly _fd: number
}

type NodePty = typeof nodePty & {
  readonly open: (options: { encoding: null }) => OpenedTerminal
}

/** What is typed waits where the terminal takes no more: a large paste. In bytes. */
const mostTyped = 2 ** 20
const typeAgainMs = 10

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
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  terminal.slave.destroy()
  let rest: NodeJS.Timeout | undefined
  let resting = true
  let draining = false
  let take = onData
  terminal.master.on('data', (bytes: Buffer) => {
    take(bytes)
    if (!resting) return
    terminal.master.pause()
    rest = setTimeout(() => terminal.master.resume(), restMs)
  })
  const typing = new Typing(terminal._fd)
  // The terminal is gone only when guise closes it; what a stream says of that is no news.
  terminal.master.on('error', () => undefined)
  return {
    path,
    type(bytes) {
      typing.add(bytes)
    },
    pause() {
      // Nobody writes any more while it is drained, and whoever is told of the rest may still ask for this.
      if (draining) return
      resting = false
      clearTimeout(rest)
      terminal.master.pause()
    },
    async drain() {
      draining = true
      resting = false
      clearTimeout(rest)
      const mark = Buffer.from(randomBytes(markBytes).toString('hex'))
      const arrived = new Promise<void>(resolve => {
        take = untilMark(mark, onData, resolve)
      })
      terminal.master.resume()
      await writeAll(held, mark)
      await arrived
      take = onData
    },
    [Symbol.dispose]() {
      clearTimeout(rest)
      typing.stop()
      terminal.master.destroy()
      closeSync(held)
    },
  }
}

// What a program writes to a terminal comes out a while later (flush_to_ldisc() in drivers/tty/tty_buffer.c is a work item):
// only what is written behind it tells that all of it has come. Long enough that no guest writes it, and of letters and digits,
// which no terminal translates.
const markBytes = 8

/** Passes on what comes before the mark, and says when that has come; of the mark itself nobody hears. */
function untilMark(
  mark: Buffer,
  onData: (bytes: Buffer) => void,
  onMark: () => void,
): (bytes: Buffer) => void {
  let pending = Buffer.alloc(0)
  return bytes => {
    pending = Buffer.concat([pending, bytes])
    const at = pending.indexOf(mark)
    const ready = pending.subarray(0, at < 0 ? Math.max(0, pending.length - mark.length) : at)
    if (ready.length > 0) onData(ready)
    pending = pending.subarray(ready.length)
    if (at >= 0) onMark()
  }
}

/** What is typed, on its way into a terminal that may be full. */
class Typing {
  readonly #file: number
  #waiting = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined

  constructor(file: number) {
    this.#file = file
  }

  add(bytes: Uint8Array): void {
    if (this.#waiting.length + bytes.length > mostTyped) return
    this.#waiting = Buffer.concat([this.#waiting, bytes])
    this.#write()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#waiting = Buffer.alloc(0)
  }

  #write(): void {
    clearTimeout(this.#timer)
    try {
      while (this.#waiting.length > 0) {
        this.#waiting = this.#waiting.subarray(writeSync(this.#file, this.#waiting))
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      this.#timer = setTimeout(() => {
        this.#write()
      }, typeAgainMs)
    }
  }
}

/** Writes to a terminal that may be full until the other end is read. */
async function writeAll(file: number, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(file, bytes, written)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
    await nextTurn()
  }
}

/** Loaded when it is needed: a guise whose addon is missing can still say so, and do all that starts no guest. */
function loadNodePty(): NodePty {
  try {
    return createRequire(import.meta.url)('node-pty') as NodePty
  } catch (error) {
    throw new EnvironmentError(
      `node-pty: expected its addon for this system, got: ${(error as Error).message}; \`npm rebuild node-pty --build-from-source\` builds it`,
      { cause: error },
    )
  }
}

function openTerminal(): OpenedTerminal {
  const { open } = loadNodePty()
  try {
    return open({ encoding: null })
  } catch (error) {
    throw new EnvironmentError(
      `expected a pseudo-terminal for the guest's console, got: ${(error as Error).message}; is /dev/pts mounted, and are there any left (/proc/sys/kernel/pty), and may guise open more files (ulimit -n)?`,
      { cause: error },
    )
  }
}
