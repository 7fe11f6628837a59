import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import type { Clock } from '../plan/clock.js'
import type { ReportChannel } from '../plan/channel.js'
import { type FullRunOptions, type RunOptions, withDefaults } from '../run/options.js'
import { withoutPassword } from '../fleet/queue-url.js'
import type { Scenario } from '../scenario/scenario.js'

/** The options that every command which boots guests takes, as commander gives them. */
export interface GuestOptions {
  readonly kernel?: string[]
  readonly accel: AcceleratorChoice
  readonly qemu?: string
  readonly jobs?: number
  readonly output?: string
  readonly timeout?: number
  readonly channel?: ReportChannel
  readonly clock?: Clock
  readonly fullConsole?: true
  readonly allowHostFiles?: true
  /** Of the commands that take words for scenarios: an expression that takes some of them. */
  readonly filter?: string
}

/**
 * What {@link GuestOptions} mean to a run.
 *
 * @param kind - `runs` for what the user calls a run; `asides` where guests answer a question of the command's own
 */
export function runOptionsOf(
  options: GuestOptions,
  scenarios: readonly Scenario[],
  kind: RunOptions['kind'],
  signal: AbortSignal,
): FullRunOptions {
  return withDefaults({
    scenarios,
    kernels: options.kernel,
    accelerator: options.accel,
    qemu: options.qemu,
    jobs: options.jobs,
    output: options.output,
    kind,
    command: ['guise', ...process.argv.slice(2).map(withoutPassword)],
    channel: options.channel,
    clock: options.clock,
    fullConsole: options.fullConsole,
    allowHostFiles: options.allowHostFiles,
    totalMs: options.timeout === undefined ? undefined : options.timeout * 1000,
    signal,
  })
}
