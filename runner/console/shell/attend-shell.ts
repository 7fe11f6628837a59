import { EnvironmentError, InterruptedError } from '../../errors.js'
import type { SizedStream } from '../../terminal/window-size.js'
import { windowSize } from '../../terminal/window-size.js'
import { describeFrame } from './describe-frame.js'
import { escapeHelp, EscapeKeys } from './escape-keys.js'
import { ConsoleTail, unwantedEnd } from './shell-ending.js'
import { type ShellGuest, type ShellInputs, startShellGuest } from './start-shell-guest.js'

/** The user's terminal. */
export interface UserTerminal {
  readonly input: NodeJS.ReadableStream
  /** What says how large it is. */
  readonly screen: SizedStream
  /** Shows bytes as they are. */
  readonly show: (bytes: Uint8Array) => Promise<void>
  /** Says something of guise's, while the terminal is in raw mode. */
  readonly note: (text: string) => void
}

/** Does what a debugger needs done before the user has the guest. */
export type PrepareDebugger = (guest: ShellGuest) => Promise<void>

/**
 * Has the user sit at a guest until it is over, or they have had enough.
 *
 * @param terminal - in raw mode
 * @param prepare - what is done once QEMU runs; where that fails, the guest is ended
 * @throws EnvironmentError where the guest died, or QEMU was ended by somebody else
 * @throws InterruptedError when `signal` is aborted
 */
export async function attendShell(
  inputs: ShellInputs,
  terminal: UserTerminal,
  signal: AbortSignal,
  prepare: PrepareDebugger = () => Promise.resolve(),
): Promise<void> {
  const tail = new ConsoleTail()
  const keys = new EscapeKeys()
  const { input, screen, show, note } = terminal
  const state = { isWanted: false }
  await using guest = await startShellGuest(inputs, {
    onConsole: bytes => {
      tail.add(bytes)
      // Its reader's going away ends guise by other means.
      void show(bytes).catch(() => undefined)
    },
    onStderr: () => undefined,
    onFrame: frame => {
      const said = describeFrame(frame)
      if (said !== null) note(said)
      return Promise.resolve()
    },
    onTrouble: error => {
      note(`the control line is lost: ${error.message}`)
    },
  })
  const end = () => {
    state.isWanted = true
    guest.end()
  }
  const take = (typed: Buffer) => {
    const { bytes, keys: asked } = keys.feed(typed)
    if (bytes.length > 0) guest.type(bytes)
    if (asked.includes('end')) end()
    else if (asked.includes('help')) for (const line of escapeHelp) note(line)
  }
  const resize = () => {
    const size = windowSize(screen)
    if (size !== null) guest.resize(size)
  }
  // Of a terminal that is closed nothing can be read.
  input.on('data', take).on('end', end).on('error', end)
  screen.on('resize', resize)
  // It may have changed while QEMU was started.
  resize()
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    const prepared = prepare(guest).then(
      () => null,
      (error: unknown) => {
        guest.end()
        return (error as Error).message
      },
    )
    const exit = await guest.exited
    const trouble = await prepared
    if (signal.aborted) throw new InterruptedError('interrupted')
    if (state.isWanted) return
    const why = unwantedEnd(exit, tail.text) ?? trouble ?? earlyEnd(guest)
    if (why !== null) throw new EnvironmentError(why)
  } finally {
    input.off('data', take).off('end', end)
    input.pause()
    screen.off('resize', resize)
    signal.removeEventListener('abort', end)
  }
}

/** Why a guest is over that never came to what it was started for; null where it did. */
function earlyEnd(guest: ShellGuest): string | null {
  return guest.isUp() ? null : 'the guest was reset before its init was up'
}
