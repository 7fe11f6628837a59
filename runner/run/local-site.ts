import { GuestLimit } from './guest-limit.js'
import { guestQemus } from './guest-qemus.js'
import type { GuestSite, RunGuest, SiteHeading, SiteRequest } from './guest-site.js'
import { Machine } from './machine.js'
import { type AskedGuest, refuseCpus } from './refuse-cpus.js'
import type { RunResult } from './run-guest.js'
import { type RunContext, runScenario } from './run-scenario.js'

/** This machine, as the guests of a run are run on it. */
export class LocalSite implements GuestSite {
  readonly limit: GuestLimit
  readonly #request: SiteRequest
  readonly #machine: Machine
  #context: RunContext | undefined

  private constructor(request: SiteRequest, machine: Machine) {
    this.limit = new GuestLimit(request.options.jobs)
    this.#request = request
    this.#machine = machine
  }

  /** @throws EnvironmentError when there is no QEMU */
  static async open(request: SiteRequest): Promise<LocalSite> {
    const { options, signal, onNote, onSetup } = request
    return new LocalSite(request, await Machine.open({ ...options, signal, onNote, onSetup }))
  }

  async prepare(run: string, guests: readonly RunGuest[]): Promise<SiteHeading> {
    const { options, signal, onStart } = this.#request
    const machine = this.#machine
    await machine.check()
    const ahead: AskedGuest[] = []
    for (const { kernel, scenario } of guests) {
      const place = await machine.places.of(scenario, kernel)
      ahead.push({ scenario, place, target: { ...machine.target, kernel } })
    }
    await refuseCpus(ahead, signal)
    this.#context = await machine.context({
      run,
      modules: [...new Set(options.scenarios.flatMap(({ kernel }) => kernel.modules))],
      signal,
      limit: this.limit,
      onStart: name => {
        onStart(name, null)
      },
    })
    return {
      qemus: await guestQemus(ahead.map(({ place }) => place)),
      jobs: { count: options.jobs, why: options.jobsWhy },
    }
  }

  run({ scenario, kernel }: RunGuest, folder: string): Promise<RunResult> {
    if (this.#context === undefined) throw new TypeError('a site that was not prepared')
    return runScenario(scenario, kernel, folder, this.#context)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#machine[Symbol.asyncDispose]()
  }
}
