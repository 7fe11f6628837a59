import { existsSync, renameSync } from 'node:fs'
import { Semaphore } from 'async-mutex'
import type { OnProgress } from '../../images/progress.js'
import type { NestedHostImage } from '../../images/nested/build.js'
import { runToEnd } from '../console/run-to-end.js'
import { startLocalGuest } from '../console/local-guest.js'
import { nestedGuests } from '../console/nested-guest.js'
import type { GuestInputs, StartGuest } from '../console/started-guest.js'
import { EnvironmentError } from '../errors.js'
import { assess, type AssessedGuest, type CountedRun } from '../judge/assess.js'
import { firstRunCounts } from '../judge/last-words.js'
import { reasonToRunAgain, type RunAgain } from '../judge/run-again.js'
import type { NestedHost } from '../launch/nested/host.js'
import { NestedHostLostError, NestedHostUnavailableError } from '../launch/nested/lost.js'
import { type Plan, withFullConsole, withSerialReport } from '../plan/plan.js'

/** What the places of a run need to know. */
export interface GuestRunnerOptions {
  /** How many guests run at a time. */
  readonly jobs: number
  readonly signal: AbortSignal
  /** Something that takes time, or that went wrong and is made good. */
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/** What came of a guest, and of its runs that do not count. */
export interface AttendedRuns {
  /** The run that counts: the last, or the one before that died; null where the nested host was lost with each. */
  readonly counted: CountedRun | null
  /** Why the guest was run again, each time. */
  readonly reruns: readonly string[]
}

// What is lost with the nested host, or dies without a word there, may be what kills it: an end must come.
const mostReruns = 2

/**
 * Where the guests of a run are started: in QEMUs of this host, or in the nested host, which is started when the first
 * guest needs it and again when it is lost. Dispose of it to end the nested host.
 */
export class GuestRunner implements AsyncDisposable {
  readonly #options: GuestRunnerOptions
  /** A guest takes one of as many places as there are jobs, or all of them. */
  readonly #room: Semaphore
  #host: Promise<NestedHost> | null = null
  #image: Promise<NestedHostImage> | null = null

  constructor(options: GuestRunnerOptions) {
    this.#options = options
    this.#room = new Semaphore(options.jobs)
  }

  /**
   * What the nested host is made of; made when it is first asked for.
   *
   * @throws NestedHostUnavailableError where it can't be made
   */
  nestedImage(): Promise<NestedHostImage> {
    const { signal, onSetup } = this.#options
    // What makes and starts the host is loaded only where a guest needs it.
    this.#image ??= orUnavailable(
      signal,
      import('../../images/nested/build.js').then(({ buildNestedHost }) =>
        buildNestedHost({ signal, onProgress: onSetup }),
      ),
    )
    return this.#image
  }

  /**
   * Runs a guest to its end in the place that its accelerator means, and again where that end says nothing of its kernel.
   *
   * @throws NestedHostUnavailableError where the nested host can't be made or started
   */
  async attend(plan: Plan, images: GuestInputs, signal: AbortSignal): Promise<AttendedRuns> {
    const reruns: string[] = []
    let died: CountedRun | null = null
    let alone = false
    for (let current = plan; ;) {
      const run = await this.#room.runExclusive(
        () => this.#attendOnce(current, images, signal),
        alone ? this.#options.jobs : 1,
      )
      const again = reasonAgainst(current, run)
      const lost = run instanceof NestedHostLostError
      const { consoleLog } = images
      if (again === null || reruns.length === mostReruns) {
        const last = lost ? null : { plan: current, guest: run, consoleLog }
        const told = lost ? [...reruns, again?.why ?? ''] : reruns
        return { counted: countedOf(died, last), reruns: told }
      }
      this.#options.onNote(`running ${plan.scenario.name} again: ${again.why}`)
      reruns.push(again.why)
      const kept = keepConsole(consoleLog, reruns.length)
      if (again.fullConsole && !lost) died = { plan: current, guest: run, consoleLog: kept }
      alone = again.alone
      current = nextPlan(current, again)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = await this.#host?.catch(() => null)
    await host?.close()
  }

  async #attendOnce(
    plan: Plan,
    images: GuestInputs,
    signal: AbortSignal,
  ): Promise<AssessedGuest | NestedHostLostError> {
    try {
      return assess(plan, await runToEnd(await this.#starterFor(plan), plan, images, signal))
    } catch (error) {
      if (error instanceof NestedHostLostError) return error
      throw error
    }
  }

  async #starterFor(plan: Plan): Promise<StartGuest> {
    return plan.accelerator === 'nested' ? nestedGuests(await this.#nestedHost()) : startLocalGuest
  }

  /** The nested host, started where there is none that is alive. */
  async #nestedHost(): Promise<NestedHost> {
    const asked = this.#host
    const before = asked === null ? null : await asked
    if (before?.alive === true) return before
    // Of two guests that lose a host together, one starts the new one.
    if (this.#host !== asked && this.#host !== null) return this.#host
    this.#host = this.#start(before)
    return this.#host
  }

  async #start(before: NestedHost | null): Promise<NestedHost> {
    await before?.close()
    const { signal, onNote } = this.#options
    const image = await this.nestedImage()
    onNote(`${before === null ? 'starting' : 'restarting'} the nested host`)
    const { startNestedHost } = await import('../launch/nested/host.js')
    const onRestart = (why: string) => {
      onNote(`starting the nested host again: ${firstLine(why)}`)
    }
    return orUnavailable(signal, startNestedHost(image, { signal, onRestart }))
  }
}

/** Why a run does not count; null where it does. */
function reasonAgainst(plan: Plan, run: AssessedGuest | NestedHostLostError): RunAgain | null {
  if (!(run instanceof NestedHostLostError)) return reasonToRunAgain(plan, run)
  const why = `the nested host was lost and started again: ${firstLine(run.message)}`
  return { why, alone: false, fullConsole: false, channel: plan.channel }
}

function nextPlan(plan: Plan, { fullConsole, channel }: RunAgain): Plan {
  const next = fullConsole ? withFullConsole(plan) : plan
  return channel === 'serial' ? withSerialReport(next) : next
}

/**
 * The run that counts.
 *
 * @param died - one that ended without a report on a quiet console; null where there was none
 * @param last - null where the nested host was lost with it
 */
function countedOf(died: CountedRun | null, last: CountedRun | null): CountedRun | null {
  if (died === null || !firstRunCounts(died.plan, died.guest, last?.guest ?? null)) return last
  return { ...died, passedOver: last?.guest ?? null }
}

/** Keeps the console of a run beside that of the next one: `NAME.console.1.log`, which it returns. */
function keepConsole(path: string, run: number): string {
  const kept = path.replace(/\.log$/, `.${run}.log`)
  if (existsSync(path)) renameSync(path, kept)
  return kept
}

async function orUnavailable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof EnvironmentError)) throw error
    throw new NestedHostUnavailableError(error.message, { cause: error })
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
