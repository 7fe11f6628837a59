import { availableParallelism } from 'node:os'
import type { AcceleratorChoice } from '../launch/choose-accelerator.js'
import type { ReportChannel } from '../plan/plan.js'
import type { RunOptions } from '../run.js'
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
  readonly fullConsole?: true
  readonly allowHostFiles?: true
}

/** The kernel that is taken where none is named: the stock kernel of Debian 12. */
export const defaultKernel = 'debian:bookworm'

/** What {@link GuestOptions} mean to a run. */
export function runOptionsOf(
  options: GuestOptions,
  scenarios: readonly Scenario[],
  signal: AbortSignal,
): RunOptions {
  return {
    scenarios,
    kernels: options.kernel ?? [defaultKernel],
    accelerator: options.accel,
    qemu: options.qemu,
    jobs: options.jobs ?? availableParallelism(),
    output: options.output,
    channel: options.channel,
    fullConsole: options.fullConsole,
    allowHostFiles: options.allowHostFiles,
    totalMs: options.timeout === undefined ? undefined : options.timeout * 1000,
    signal,
  }
}
