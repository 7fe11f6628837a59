import { lowestVersion } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'
import { channelOf } from './channel.js'
import { chooseClock } from './clock.js'
import { formatNeed, qemuNeeds, unmetNeed } from './machine-needs.js'
import { planScenario, type PlanTarget } from './plan.js'

/** A QEMU that can be fetched. */
export interface FetchableQemu {
  /** How `--qemu` names it. */
  readonly spec: string
  /** The range that its version is known to lie in. */
  readonly versions: string
}

/** A QEMU that serves a guest which this machine's does not. */
export interface BetterQemu {
  readonly spec: string
  /** What this machine's QEMU lacks, as a sentence. */
  readonly why: string
  /** The ranges that its version must lie in, once that is known. */
  readonly ranges: readonly string[]
}

/**
 * The QEMU to fetch for a guest which the target's does not run, or not on virtual time; null where there is none, and where the guest
 * would be skipped or be on real time with another, too.
 *
 * @param fetchable - in the order in which they are preferred
 */
export function betterQemu(
  scenario: Scenario,
  target: PlanTarget,
  fetchable: readonly FetchableQemu[],
): BetterQemu | null {
  const lacking = whatQemuLacks(scenario, target)
  if (lacking === null) return null
  const needed = qemuNeeds(scenario, target.accelerator).map(({ versions }) => versions)
  const ranges = [...new Set([...needed, lacking.servedBy])]
  for (const { spec, versions } of fetchable) {
    const qemuVersion = lowestVersion(versions, ...ranges)
    if (qemuVersion === null) continue
    const plan = planScenario(scenario, { ...target, qemuVersion })
    if (!('skip' in plan)) return { spec, why: lacking.why, ranges }
  }
  return null
}

function whatQemuLacks(
  scenario: Scenario,
  { accelerator, clock, qemuVersion, channel: asked }: PlanTarget,
): { why: string; servedBy: string } | null {
  const unmet = unmetNeed(scenario, accelerator, qemuVersion)
  if (unmet !== null) {
    return {
      why: `${formatNeed(unmet)}, which ${qemuVersion} on this machine is not`,
      servedBy: unmet.versions,
    }
  }
  const { why, servedBy } = chooseClock(
    clock,
    accelerator,
    scenario,
    qemuVersion,
    channelOf(scenario, asked),
  )
  return servedBy === undefined ? null : { why, servedBy }
}
