import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { EnvironmentError } from '../errors.js'
import { howToBuild } from '../installation.js'
import { keepTerminalProgram } from '../paths.js'
import { noteOnRawTerminal } from './standard-error.js'

/** The user's terminal, which hands on each key as it is pressed. When it is disposed of, it is as it was before. */
export interface RawTerminal extends AsyncDisposable {
  /** Says something of guise's in the midst of what is shown there. */
  readonly note: (text: string) => void
}

/**
 * Puts the terminal of guise's stdin and stdout into raw mode. A program beside guise (runner/native/keep-terminal.c) gives it back,
 * without the modes that a guest may have left it in; also where guise is killed.
 *
 * @throws EnvironmentError where guise is not built, or is in the background
 */
export async function openRawTerminal(): Promise<RawTerminal> {
  if (!existsSync(keepTerminalProgram)) {
    throw new EnvironmentError(
      `${keepTerminalProgram}: expected the program that keeps the terminal; ${howToBuild()}`,
    )
  }
  const keeper = execa(keepTerminalProgram, {
    stdio: ['pipe', 'pipe', 'pipe', 0, 1],
    reject: false,
    // Guise's own end closes its stdin, and it has to outlive that.
    cleanup: false,
  })
  const isRaw = await Promise.race([once(keeper.stdout, 'data').then(() => true), keeper])
  if (isRaw !== true) {
    const { stderr, originalMessage } = await keeper
    throw new EnvironmentError(
      `expected to put the terminal into raw mode, got: ${stderr || (originalMessage ?? 'no answer')}`,
    )
  }
  return {
    note: noteOnRawTerminal,
    async [Symbol.asyncDispose]() {
      keeper.stdin.end()
      await keeper
    },
  }
}
