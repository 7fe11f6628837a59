import { whileUsingCache } from '../cache/use.js'
import { attendShell, type PrepareDebugger } from '../console/shell/attend-shell.js'
import { roomForCommand } from '../console/shell/frames.js'
import { runShellCommand } from '../console/shell/run-command.js'
import { encodeRequest } from '../console/protocol/request.js'
import { EnvironmentError, InputError } from '../errors.js'
import { shellQuote } from '../launch/shell-quote.js'
import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import type { Clock } from '../plan/clock.js'
import { asLines } from '../report/setup-progress.js'
import { prepareShell, type ShellReady, type StopPlace } from '../run/shell-guest.js'
import type { Scenario } from '../scenario/scenario.js'
import { isTerminal } from '../terminal/capabilities.js'
import { openRawTerminal } from '../terminal/raw-terminal.js'
import {
  bytesToStderr,
  lineOnRawTerminal,
  noteOnRawTerminal,
  noteOnStderr,
} from '../terminal/standard-error.js'
import { windowSize } from '../terminal/window-size.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { runOptionsOf } from './run-options.js'
import { print } from './standard-output.js'

/** The options of `guise shell`, as commander gives them. */
export interface ShellOptions {
  readonly kernel?: string
  readonly accel: AcceleratorChoice
  readonly qemu?: string
  readonly clock?: Clock
  readonly fullConsole?: true
  readonly allowHostFiles?: true
  readonly exec?: string
  readonly timeout?: number
  /** True where no function is named. */
  readonly gdb?: string | true
}

const defaultSymbol = 'init_hypervisor_platform'

/** The most that a command may write, in bytes. */
const outputBytes = 16 * 2 ** 20

/** `guise shell SCENARIO`: has the user sit at the guest of a scenario, or runs one command in it. */
export async function shell(word: string, options: ShellOptions): Promise<number> {
  refuseAtOdds(options)
  const scenarios = await scenariosFor([word])
  const [scenario] = scenarios
  if (scenario === undefined || scenarios.length > 1) {
    throw new InputError(`shell: expected one scenario, got ${scenarios.length} with \`${word}\``)
  }
  const { exec: command } = options
  return whileUsingCache(() =>
    command === undefined
      ? interruptible(
          signal => sitAt(scenario, options, signal),
          'ending the guest',
          noteOnRawTerminal,
        )
      : interruptible(signal => execute(scenario, command, options, signal), 'ending the guest'),
  )
}

/** @throws InputError for options that do not go together, or not without a terminal */
function refuseAtOdds({ exec, gdb, timeout }: ShellOptions): void {
  if (exec !== undefined && gdb !== undefined) {
    throw new InputError('shell: expected --exec or --gdb, got both: a command waits for nobody')
  }
  if (exec !== undefined) return
  if (timeout !== undefined) {
    throw new InputError('--timeout: expected only with --exec: a shell lasts as long as you like')
  }
  if (!isTerminal(process.stdin) || !isTerminal(process.stdout)) {
    throw new InputError(
      "shell: expected a terminal as stdin and stdout, got none; --exec 'CMD' needs none",
    )
  }
}

async function sitAt(
  scenario: Scenario,
  options: ShellOptions,
  signal: AbortSignal,
): Promise<number> {
  const symbol = options.gdb === true ? defaultSymbol : (options.gdb ?? null)
  const ready = await prepare(scenario, options, symbol, signal, noteOnStderr)
  const { heading, plan, images, stop } = ready
  noteOnStderr(heading)
  noteOnStderr(
    'the guest of the scenario but for its initramfs (busybox, cpuid) and its ttyS1, which is guise’s',
  )
  if (stop !== null) noteOnStderr(`nokaslr on its command line; stopping it at ${stop.symbol}`)
  noteOnStderr('Ctrl-A X ends it, Ctrl-A H tells the keys')
  const size = windowSize(process.stdout)
  const purpose = { term: process.env.TERM ?? 'vt100', size, command: null }
  const inputs = { plan, images, purpose, debugged: stop !== null }
  const { stdin: input, stdout: screen } = process
  await using raw = await openRawTerminal()
  const terminal = { input, screen, show: print, note: raw.note }
  await attendShell(inputs, terminal, signal, stop === null ? undefined : stopping(stop))
  return 0
}

function stopping({ symbol, address, file, isVmlinux }: StopPlace): PrepareDebugger {
  return async ({ debugger: stub }) => {
    if (stub === null) return
    await stub.stopAt(address).catch((cause: unknown) => {
      const why = (cause as Error).message
      throw new EnvironmentError(`the guest did not come to ${symbol}: ${why}`, { cause })
    })
    const attach = ['gdb', file, '-ex', `target remote ${stub.socket}`]
    const known = isVmlinux ? '' : '; its names are a file of guise’s, which knows functions alone'
    noteOnRawTerminal(
      `stopped at ${symbol}, 0x${address.toString(16)}; it goes on as gdb says, and when gdb leaves${known}`,
    )
    lineOnRawTerminal(shellQuote(attach))
  }
}

async function execute(
  scenario: Scenario,
  command: string,
  options: ShellOptions,
  signal: AbortSignal,
): Promise<number> {
  const { plan, images } = await prepare(scenario, options, null, signal, () => undefined)
  const purpose = { term: 'dumb', size: null, command }
  const room = roomForCommand({
    ...purpose,
    name: scenario.name,
    request: encodeRequest(plan.extraLeaves),
  })
  const length = Buffer.byteLength(command)
  if (length > room) {
    throw new InputError(`--exec: expected a command of at most ${room} bytes, got ${length}`)
  }
  return runShellCommand(
    { plan, images, purpose, debugged: false },
    { output: print, error: bytesToStderr, note: noteOnStderr },
    { totalMs: plan.deadlines.totalMs, outputBytes },
    signal,
  )
}

function prepare(
  scenario: Scenario,
  options: ShellOptions,
  symbol: string | null,
  signal: AbortSignal,
  onNote: (text: string) => void,
): Promise<ShellReady> {
  const { kernel, ...others } = options
  // Somebody sits at it, or waits for it: on virtual time its timers would run out at once.
  const asked = {
    ...others,
    ...(kernel !== undefined && { kernel: [kernel] }),
    jobs: 1,
    clock: options.clock ?? 'real',
  }
  const run = { ...runOptionsOf(asked, [scenario], 'asides', signal), unjudged: true }
  return prepareShell({ scenario, run, symbol, onNote, onSetup: asLines(noteOnStderr) })
}
