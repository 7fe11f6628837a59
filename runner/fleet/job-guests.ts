import { refuseHostFiles } from '../launch/refuse-host-files.js'
import { InputError } from '../errors.js'
import type { OnProgress } from '../../images/progress.js'
import type { GuestLimit } from '../run/guest-limit.js'
import { Machine } from '../run/machine.js'
import { refuseCpus } from '../run/refuse-cpus.js'
import { runScenario } from '../run/run-scenario.js'
import { temporaryFolder } from '../temporary-folder.js'
import { guiseVersion } from '../version.js'
import type { Blobs } from './blobs.js'
import { type FleetJob, jobSchema } from './job.js'
import { ReceivedGuests } from './receive-guest.js'
import { packResult } from './result.js'

/** How a worker runs guests. */
export interface JobGuestsOptions {
  /** The worker's own QEMU, where it names one. */
  readonly qemu: string | undefined
  readonly limit: GuestLimit
  /** Ends the worker. */
  readonly signal: AbortSignal
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/** Runs the guests of jobs on this machine. Dispose of it to end the nested hosts. */
export class JobGuests implements AsyncDisposable {
  readonly #options: JobGuestsOptions
  readonly #blobs: Blobs
  readonly #received: ReceivedGuests
  readonly #machines = new Map<string, Promise<Machine>>()

  constructor(options: JobGuestsOptions, blobs: Blobs) {
    this.#options = options
    this.#blobs = blobs
    this.#received = new ReceivedGuests(blobs)
  }

  /**
   * Runs the guest of a job.
   *
   * @param data - what stands in the queue, which anybody may have written
   * @returns the blob with its result
   * @throws InputError where it is no job of this guise's
   * @throws EnvironmentError where this machine does not serve it
   */
  async run(data: unknown, signal: AbortSignal): Promise<string> {
    const job = parseJob(data)
    const guest = await this.#received.receive(job)
    const { scenario, kernel } = guest
    await refuseHostFiles([scenario])
    const machine = await this.#machine(job.options)
    await machine.check()
    const place = await machine.places.of(scenario, kernel)
    const target = { ...machine.target, kernel }
    await refuseCpus([{ scenario, place, target }], signal)
    await using folder = await temporaryFolder('fleet')
    const context = await machine.context({
      run: job.run,
      modules: [],
      limit: this.#options.limit,
      signal,
      onStart: () => undefined,
    })
    // What this machine cannot have another worker may: it is no reason to skip.
    const strict =
      place.accelerator === 'nested' ? { ...context, accelerator: 'nested' as const } : context
    const result = await runScenario(scenario, kernel, folder.path, strict)
    return await this.#blobs.put(await packResult(result, folder.path))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const machines = await Promise.all(
      [...this.#machines.values()].map(each => each.catch(() => null)),
    )
    for (const machine of machines) await machine?.[Symbol.asyncDispose]()
  }

  #machine(options: FleetJob['options']): Promise<Machine> {
    const key = JSON.stringify(options)
    const before = this.#machines.get(key)
    if (before !== undefined) return before
    const { signal, onNote, onSetup } = this.#options
    const { accelerator, qemu, channel, clock, fullConsole, totalMs } = options
    const opening = Machine.open({
      accelerator,
      qemu: qemu ?? this.#options.qemu,
      channel: channel ?? undefined,
      clock: clock ?? undefined,
      fullConsole,
      totalMs: totalMs ?? undefined,
      signal,
      onNote,
      onSetup,
    })
    this.#machines.set(key, opening)
    opening.catch(() => this.#machines.delete(key))
    return opening
  }
}

/** @throws InputError for what is no job, and for one of another guise's */
function parseJob(data: unknown): FleetJob {
  const { guise } = (data ?? {}) as { guise?: unknown }
  if (typeof guise === 'string' && guise !== guiseVersion())
    throw new InputError(
      `expected a job of guise ${guiseVersion()}, got one of ${guise.slice(0, 40)}`,
    )
  const job = jobSchema.safeParse(data)
  if (job.success) return job.data
  const [issue] = job.error.issues
  throw new InputError(
    `expected a job of guise, got another thing: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  )
}
