import { InputError } from '../errors.js'
import { machineRoom } from '../launch/machine-room.js'
import { accelerators } from '../plan/accelerator.js'
import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import type { PlanTarget } from '../plan/plan.js'
import type { RunManifest } from '../record/run-manifest.js'
import type { ResultsKind } from '../record/run-history.js'
import type { Scenario } from '../scenario/scenario.js'
import type { BegunRun } from './begun-run.js'
import type { OpenSite } from './guest-site.js'
import { chooseJobs } from './jobs.js'

/** What to run, and how. */
export interface RunOptions {
  readonly scenarios: readonly Scenario[]
  /**
   * Paths of a bzImage, a vmlinux, a build or source tree or a .deb; or `debian:SUITE|VERSION`. Without them
   * {@link defaultKernel}.
   */
  readonly kernels?: readonly string[] | undefined
  /** What runs the guests; `auto`, the default, chooses for each scenario. */
  readonly accelerator?: AcceleratorChoice | undefined
  /** The QEMU binary, or `debian:SUITE`; without it the one in PATH, and a suite's for guests that it does not serve. */
  readonly qemu?: string | undefined
  /** How many guests run at a time; without it what `chooseJobs()` chooses for this machine. */
  readonly jobs?: number | undefined
  /** Why it is so many; `as asked` without it. */
  readonly jobsWhy?: string | undefined
  /** The folder for records and consoles; without it one under XDG_STATE_HOME. */
  readonly output?: string | undefined
  /** `asides`: the guests answer a question of their own, and are no run that `latest` points to. */
  readonly kind?: ResultsKind | undefined
  /** The command line, for the manifest; none without it. */
  readonly command?: readonly string[] | undefined
  readonly channel?: PlanTarget['channel']
  /** Lets scenarios name files and devices of this machine; without it they are refused. */
  readonly allowHostFiles?: boolean | undefined
  readonly clock?: PlanTarget['clock']
  readonly fullConsole?: PlanTarget['fullConsole']
  readonly unjudged?: PlanTarget['unjudged']
  /** The total deadline of each guest, in milliseconds; without it the accelerator's. */
  readonly totalMs?: number | undefined
  /** Of a kernel, by its spec: the names of the scenarios that run on it. On a kernel that is not in it all of them do. */
  readonly only?: ReadonlyMap<string, readonly string[]> | undefined
  /** Which part of a run it is, for the manifest; `only` has its guests. */
  readonly shard?: RunManifest['shard']
  /** Which of several runs of the same it is, for the manifest. */
  readonly repetition?: RunManifest['repetition']
  /** A run in the folder `output` that goes on: guests that have a result are told of, and not run again. */
  readonly begun?: BegunRun | undefined
  /** After the first failure or error no further guest is started; those that run are finished. */
  readonly failFast?: boolean | undefined
  /** Where its guests are run; on this machine without it. */
  readonly site?: OpenSite | undefined
  /** Ends the run: guests are ended, records that are made stay. */
  readonly signal?: AbortSignal | undefined
}

/** The kernel that is taken where none is named: the stock kernel of Debian 12. */
export const defaultKernel = 'debian:bookworm'

/** {@link RunOptions} with the defaults filled in. */
export interface FullRunOptions extends RunOptions {
  readonly kernels: readonly string[]
  readonly accelerator: AcceleratorChoice
  readonly jobs: number
  /** Why it is so many. */
  readonly jobsWhy: string
  readonly kind: ResultsKind
  readonly command: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Fills the defaults in.
 *
 * @throws InputError for a bad number of jobs, for an accelerator that is none, and for two scenarios of one name
 */
export function withDefaults(options: RunOptions): FullRunOptions {
  const { accelerator = 'auto' } = options
  if (accelerator !== 'auto' && !accelerators.includes(accelerator)) {
    throw new InputError(
      `accelerator: expected auto, ${accelerators.join(', ')}, got \`${accelerator as string}\``,
    )
  }
  const { count: jobs, why: jobsWhy } =
    options.jobs === undefined
      ? chooseJobs(machineRoom(), Math.max(0, ...options.scenarios.map(largest)))
      : { count: options.jobs, why: options.jobsWhy ?? 'as asked' }
  if (!Number.isSafeInteger(jobs) || jobs < 1) {
    throw new InputError(`jobs: expected a whole number from 1, got \`${jobs}\``)
  }
  refuseTwins(options.scenarios)
  return {
    ...options,
    kernels: options.kernels ?? [defaultKernel],
    accelerator,
    jobs,
    jobsWhy,
    kind: options.kind ?? 'runs',
    command: options.command ?? [],
    signal: options.signal ?? new AbortController().signal,
  }
}

/** The guests of a run, in its order: kernel by kernel, scenario by scenario. */
export function guestsOf<K extends { readonly spec: string }>(
  kernels: readonly K[],
  { scenarios, only }: Pick<RunOptions, 'scenarios' | 'only'>,
): { kernel: K; scenario: Scenario }[] {
  return kernels.flatMap(kernel => {
    const names = only?.get(kernel.spec)
    return scenarios
      .filter(({ name }) => names?.includes(name) ?? true)
      .map(scenario => ({ kernel, scenario }))
  })
}

function largest({ machine }: Scenario): number {
  return machine.memory
}

/** Two scenarios of one name would write the same console and the same record. */
function refuseTwins(scenarios: readonly Scenario[]): void {
  const files = new Map<string, string>()
  for (const { name, file } of scenarios) {
    const before = files.get(name)
    if (before !== undefined) {
      throw new InputError(
        `${file}: name: expected one that no other scenario of the run has (also in ${before}), got \`${name}\``,
      )
    }
    files.set(name, file)
  }
}
