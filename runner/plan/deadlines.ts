import type { Expectation } from '../scenario/expectation-schema.js'
import { type Accelerator, acceleratorFacts, type Deadlines } from './accelerator.js'
import type { Clock } from './clock.js'
import type { ConsoleVerbosity } from './kernel-command-line.js'

/** What the deadlines of a guest follow. */
export interface DeadlineSource {
  readonly accelerator: Accelerator
  readonly verbosity: ConsoleVerbosity
  readonly clock: Clock
  /** How many vCPUs it has. */
  readonly cpus: number
  readonly expectation?: Expectation | undefined
  /** What was asked for, in milliseconds; without it the accelerator's own, by the vCPUs. */
  readonly totalMs?: number | undefined
}

/**
 * The deadlines of a guest. Silence is given its share of a longer total, and never less than the accelerator's own, by the
 * vCPUs. A quiet console says nothing while all is well: there only the total counts.
 */
export function deadlinesOf(source: DeadlineSource): Deadlines {
  const { accelerator, verbosity, totalMs, cpus } = source
  const usual = acceleratorFacts(accelerator).deadlines
  const factor = Math.max(1, cpus / fewCpus)
  const total = totalMs ?? usual.totalMs * factor
  const share = usual.silenceMs * Math.max(factor, total / usual.totalMs)
  return expectedSoon(source, { silenceMs: verbosity === 'quiet' ? total : share, totalMs: total })
}

// Up to here the deadlines of one vCPU leave room enough. On two cores under TCG 16 took five times as long as one, 64 ten times and
// 256 a hundred times.
const fewCpus = 8

// The longest silence of a kernel that comes up is some 2 s, on a machine that has nothing else to do.
const expectedSilenceMs = 10_000

/**
 * The deadlines of a guest that is expected to fall silent in a function that the scenario names: one that is only slow is looked at
 * sooner, is seen elsewhere, and is a failure. On real time a busy machine could bring that about.
 */
function expectedSoon({ expectation, clock }: DeadlineSource, deadlines: Deadlines): Deadlines {
  const { outcome, 'died-in': diedIn, 'stuck-in': stuckIn } = expectation ?? {}
  const isNamed = outcome === 'early-exception' ? diedIn !== undefined : stuckIn !== undefined
  return isNamed && clock === 'virtual'
    ? { ...deadlines, silenceMs: Math.min(deadlines.silenceMs, expectedSilenceMs) }
    : deadlines
}
