import { existsSync, renameSync } from 'node:fs'
import { runToEnd } from '../console/run-to-end.js'
import type { GuestInputs, StartGuest } from '../console/started-guest.js'
import { type AssessedGuest, assess, type CountedRun } from '../judge/assess.js'
import { NestedHostLostError } from '../launch/nested/lost.js'
import type { Plan } from '../plan/plan.js'
import type { GuestLimit } from './guest-limit.js'
import { deservesLook, endedOtherwise, placed, planToLook } from './look-at-death.js'
import { nextStep, type PastRun, type SettledGuest } from './retry-policy.js'

/** What runs the guests of a run. */
export interface GuestRunnerOptions {
  /** How a planned guest is started: in a QEMU of this host, or in the nested host. */
  readonly starterFor: (plan: Plan) => Promise<StartGuest>
  /** In which whoever runs a guest holds a place. */
  readonly limit: Pick<GuestLimit, 'alone'>
  /** Ends the guests. */
  readonly signal: AbortSignal
  /** Told why a guest is run again. */
  readonly onNote: (text: string) => void
}

/** Runs guests to their end, and again if that end says nothing of their kernel. */
export class GuestRunner {
  readonly #options: GuestRunnerOptions

  constructor(options: GuestRunnerOptions) {
    this.#options = options
  }

  /**
   * Runs a guest until a run of it counts. The console of a run that is followed by another is kept beside the next one's; so is
   * that of the run in which a guest that ended without a word is looked at.
   *
   * @throws NestedHostUnavailableError if the nested host can't be made or started
   * @throws InterruptedError if the signal is aborted
   */
  async run(plan: Plan, inputs: GuestInputs): Promise<SettledGuest> {
    const { limit, onNote } = this.#options
    const earlier: PastRun[] = []
    for (let next = { plan, alone: false }; ;) {
      const once = () => this.#runOnce(next.plan, inputs)
      const result = await (next.alone ? limit.alone(once) : once())
      const run = { plan: next.plan, result, consoleLog: inputs.consoleLog }
      const step = nextStep([...earlier, run])
      if ('counted' in step) return { ...step, counted: await this.#placed(step.counted, inputs) }
      onNote(`running ${plan.scenario.name} again: ${step.why}`)
      earlier.push({ ...run, consoleLog: keepConsole(inputs.consoleLog, earlier.length + 1) })
      next = step
    }
  }

  /** Runs a guest that ended without a word once more, to see where that was. */
  async #placed(counted: CountedRun | null, inputs: GuestInputs): Promise<CountedRun | null> {
    if (counted === null || !deservesLook(counted)) return counted
    const { starterFor, signal, onNote } = this.#options
    const { name } = counted.plan.scenario
    onNote(`running ${name} again, to see where it is: ${counted.guest.ending.reason}`)
    const consoleLog = inputs.consoleLog.replace(/\.log$/, '.look.log')
    const look = async (plan: Plan) =>
      runToEnd(await starterFor(plan), plan, { ...inputs, consoleLog }, signal)
    const seen = await look(planToLook(counted))
    if (!endedOtherwise(seen)) return placed(counted, seen, inputs)
    // What chooses a place for the kernel runs before it, and may be what died.
    const again = await look(planToLook(counted, false))
    return endedOtherwise(again)
      ? placed(counted, seen, inputs)
      : placed(counted, again, inputs, false)
  }

  async #runOnce(plan: Plan, inputs: GuestInputs): Promise<AssessedGuest | NestedHostLostError> {
    const { starterFor, signal } = this.#options
    try {
      return assess(plan, await runToEnd(await starterFor(plan), plan, inputs, signal))
    } catch (error) {
      if (error instanceof NestedHostLostError) return error
      throw error
    }
  }
}

/** Keeps the console of a run beside that of the next one: `NAME.console.1.log`, which it returns. */
function keepConsole(path: string, run: number): string {
  const kept = path.replace(/\.log$/, `.${run}.log`)
  if (existsSync(path)) renameSync(path, kept)
  return kept
}
