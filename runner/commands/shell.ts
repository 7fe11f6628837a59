import { InputError } from '../errors.js'
import { execInGuest } from '../shell/exec.js'
import { prepareShell } from '../shell/prepare.js'
import type { Scenario } from '../scenario/scenario.js'
import { isTerminal } from '../terminal/capabilities.js'
import { printableLines } from '../terminal/printable.js'
import { noteOnStderr, standardError } from '../terminal/standard-error.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { print } from './standard-output.js'

/** The options of `guise shell`, as commander gives them. */
export interface ShellOptions extends GuestOptions {
  /** A command that takes the place of a person. */
  readonly exec?: string
  /** Stops the guest at a function for gdb. */
  readonly gdb?: true | string
}

/**
 * `guise shell SCENARIO`: a scenario's guest to be looked into.
 *
 * @returns the status of the shell, or of the command
 */
export async function shellCommand(word: string, options: ShellOptions): Promise<number> {
  const scenario = await oneScenario(word)
  if (options.exec !== undefined && options.gdb !== undefined)
    throw new InputError('--gdb: expected no --exec beside it, got both')
  return interruptible(async signal => {
    const runOptions = runOptionsOf(options, [scenario], 'asides', signal)
    const { exec } = options
    if (exec === undefined) {
      const { interactiveShell } = await import('../shell/interactive.js')
      return interactiveShell(scenario, runOptions, options.gdb, signal)
    }
    const guest = await prepareShell(scenario, runOptions, false, noteOnStderr)
    return execInGuest(
      guest,
      exec,
      {
        // What a guest says may be anything, which a terminal must not obey; elsewhere it is what it is.
        out: bytes => {
          void print(isTerminal(process.stdout) ? printableLines(bytes.toString()) : bytes)
        },
        err: bytes => {
          if (isTerminal(standardError)) standardError.write(printableLines(bytes.toString()))
          else standardError.writeBytes(bytes)
        },
      },
      signal,
    )
  }, 'ending the guest')
}

async function oneScenario(word: string): Promise<Scenario> {
  const scenarios = await scenariosFor([word])
  const [scenario] = scenarios
  if (scenario === undefined || scenarios.length > 1)
    throw new InputError(`shell: expected one scenario, got ${scenarios.length} with \`${word}\``)
  return scenario
}
