import { EnvironmentError, InterruptedError } from '../../errors.js'
import { ConsoleMonitor, type EndedBy } from '../monitor.js'
import { describeFrame } from './describe-frame.js'
import { type Frame, statusIn } from './frames.js'
import { frameError, frameOutput, frameStatus } from './layout.js'
import { ConsoleTail, unwantedEnd } from './shell-ending.js'
import { type ShellInputs, startShellGuest } from './start-shell-guest.js'

/** Where what a command writes goes. */
export interface CommandStreams {
  readonly output: (bytes: Uint8Array) => Promise<void>
  readonly error: (bytes: Uint8Array) => Promise<void>
  /** Says something of guise's. */
  readonly note: (text: string) => void
}

/** How a command in a guest may be bounded. */
export interface CommandLimits {
  /** From launch to the end, in milliseconds. */
  readonly totalMs: number
  /** What it may write to stdout and stderr together, in bytes. */
  readonly outputBytes: number
}

/** What is known of a command so far. */
interface CommandState {
  status: number | null
  /** Why no more is heard of it. */
  trouble: Error | null
  endedBy: EndedBy
}

/** How much of the console is shown where a guest never came to the command's end. */
const tailLines = 20
const lookAgainMs = 100
/** The most bytes of a console: a guest that floods it is ended. */
const consoleBytes = 64 * 1024 * 1024

/**
 * Runs a command in a guest of its own.
 *
 * @returns its exit status; 128 and the signal's number where a signal killed it
 * @throws EnvironmentError where the guest does not come to the command's end, with the reason and its console's last lines
 * @throws InterruptedError when `signal` is aborted
 */
export async function runShellCommand(
  inputs: ShellInputs,
  streams: CommandStreams,
  limits: CommandLimits,
  signal: AbortSignal,
): Promise<number> {
  const tail = new ConsoleTail()
  const monitor = new ConsoleMonitor(
    { totalMs: limits.totalMs, silenceMs: Infinity, outputBytes: consoleBytes, marker: '\0' },
    performance.now(),
  )
  const state: CommandState = { status: null, trouble: null, endedBy: 'itself' }
  let written = 0
  let end: () => void = () => undefined
  let isOver: () => void = () => undefined
  const over = new Promise<void>(resolve => {
    isOver = resolve
  })
  const hear = async ({ type, payload }: Frame) => {
    if (state.status !== null) return
    if (type === frameOutput || type === frameError) {
      written += payload.length
      if (written > limits.outputBytes) throw tooMuch(limits.outputBytes)
      const writing = type === frameOutput ? streams.output(payload) : streams.error(payload)
      // Nobody may read it, ever.
      await Promise.race([writing, over])
      return
    }
    const said = describeFrame({ type, payload })
    if (said !== null) streams.note(said)
    if (type !== frameStatus) return
    state.status = statusIn(payload)
    end()
  }
  await using guest = await startShellGuest(inputs, {
    onConsole: bytes => {
      tail.add(bytes)
      monitor.feed(bytes, performance.now())
    },
    onStderr: text => {
      monitor.feedStderr(text, performance.now())
    },
    onFrame: hear,
    onTrouble: error => {
      state.trouble ??= error
      end()
    },
  })
  end = () => {
    isOver()
    guest.end()
  }
  monitor.start(performance.now())
  // What came while the guest was started.
  if (state.status !== null || state.trouble !== null || signal.aborted) end()
  const look = setInterval(() => {
    const reason = monitor.ending(performance.now())
    if (reason === null) return
    clearInterval(look)
    state.endedBy = reason
    end()
  }, lookAgainMs)
  signal.addEventListener('abort', end)
  try {
    const exit = await guest.exited
    if (signal.aborted) throw new InterruptedError('interrupted')
    if (state.status !== null) return state.status
    const why = reasonOf(state.endedBy, limits) ?? unwantedEnd(exit, tail.text)
    throw lost(state.trouble, why ?? 'the guest ended before the command did', tail)
  } finally {
    clearInterval(look)
    signal.removeEventListener('abort', end)
  }
}

/** Why guise has ended a guest; null where something else says that better. */
function reasonOf(endedBy: EndedBy, { totalMs }: CommandLimits): string | null {
  switch (endedBy) {
    case 'deadline':
      return `the command did not end in ${totalMs / 1000} s (--timeout)`
    case 'output-limit':
      return `the guest wrote more than ${consoleBytes} bytes to its console`
    case 'kvm-error':
      return 'KVM gave the guest up'
    default:
      return null
  }
}

function tooMuch(most: number): Error {
  return new Error(
    `the command wrote more than ${most / 2 ** 20} MiB, which is the most that is taken; what came before was passed on`,
  )
}

function lost(trouble: Error | null, why: string, tail: ConsoleTail): Error {
  if (trouble !== null) return new EnvironmentError(trouble.message, { cause: trouble })
  const lines = tail.lines(tailLines).map(line => `\n  ${line}`)
  const console =
    lines.length === 0 ? '. Its console is empty' : `. Its console ends with:${lines.join('')}`
  return new EnvironmentError(`${why}${console}`)
}
