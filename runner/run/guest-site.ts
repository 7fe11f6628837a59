import type { Kernel } from '../../images/kernel/kernel.js'
import type { OnProgress } from '../../images/progress.js'
import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import type { PlanTarget } from '../plan/plan.js'
import type { GuestQemu, RunHeading } from '../report/reporter.js'
import type { Scenario } from '../scenario/scenario.js'
import type { GuestLimit } from './guest-limit.js'
import type { RunResult } from './run-guest.js'

/** A guest of a run. */
export interface RunGuest {
  readonly scenario: Scenario
  readonly kernel: Kernel
}

/** How the guests of a run are run: see `RunOptions`. */
export interface SiteOptions extends Pick<
  PlanTarget,
  'channel' | 'clock' | 'totalMs' | 'fullConsole' | 'unjudged'
> {
  readonly scenarios: readonly Scenario[]
  readonly accelerator: AcceleratorChoice
  readonly qemu?: string | undefined
  readonly jobs: number
  readonly jobsWhy: string
}

/** What a run gives a site. */
export interface SiteRequest {
  readonly options: SiteOptions
  /** Ends the guests. */
  readonly signal: AbortSignal
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
  /** Told when a guest is started, and by which worker of a queue. */
  readonly onStart: (scenario: string, worker: string | null) => void
}

/** What the heading of a run says of its site. */
export interface SiteHeading {
  readonly qemus: readonly GuestQemu[]
  readonly jobs: RunHeading['jobs']
}

/** Where the guests of a run are run: on this machine, or by the workers of a queue. Dispose of it to end what it holds. */
export interface GuestSite extends AsyncDisposable {
  /** How many guests are under way at a time. */
  readonly limit: Pick<GuestLimit, 'run'>
  /**
   * Sees to it that guests can be run.
   *
   * @param run - the run's id
   * @param guests - all that will be asked for
   * @throws InputError for guests that cannot be run there
   * @throws EnvironmentError where the site lacks something
   */
  prepare: (run: string, guests: readonly RunGuest[]) => Promise<SiteHeading>
  /**
   * Runs a guest, and leaves its console and what else it brought in a folder.
   *
   * @returns null for one that was withdrawn
   */
  run: (guest: RunGuest, folder: string) => Promise<RunResult | null>
  /** Takes back what has not begun: a run stops after a failure. */
  withdraw?: () => void
}

/** Opens a site for a run. */
export type OpenSite = (request: SiteRequest) => Promise<GuestSite>
