import { InputError } from '../errors.js'
import { readRuns } from '../record/read-run.js'
import type { GuiseRecord } from '../record/schema.js'
import { usualMs } from '../report/time-left.js'
import { type FullRunOptions, guestsOf } from '../run/options.js'
import { divide, type Shard } from '../run/shard.js'
import { counted } from '../terminal/counted.js'
import { noteOnStderr } from '../terminal/standard-error.js'

/**
 * The part of a run that one machine does.
 *
 * @param costs - the results of an earlier run, for what guests take
 * @throws InputError where there are none
 */
export function shardOf(
  whole: FullRunOptions,
  shard: Shard,
  costs: string | undefined,
): FullRunOptions {
  const known = costs === undefined ? [] : readRuns(costs).flatMap(({ records }) => records)
  if (costs !== undefined && known.length === 0)
    throw new InputError(`--costs ${costs}: expected the records of a run, got none`)
  const cost = costOf(known)
  const guests = guestsOf(
    whole.kernels.map(spec => ({ spec })),
    whole,
  ).map(({ kernel: { spec }, scenario: { name, needs } }) => ({
    spec,
    scenario: name,
    ms: cost(spec, name) ?? usualMs[needs.fidelity],
  }))
  const { parts, digest } = divide(guests, shard.count)
  const part = parts[shard.index - 1] ?? []
  noteOnStderr(
    `shard ${shard.index} of ${shard.count}: ${part.length} of ${counted(guests.length, 'guest')}`,
  )
  const namesOn = (spec: string) =>
    part.filter(guest => guest.spec === spec).map(({ scenario }) => scenario)
  // A part of no guest is one all the same: as many machines as there are parts come to a good end.
  const needed = whole.kernels.filter(spec => namesOn(spec).length > 0)
  const kernels = needed.length > 0 ? needed : whole.kernels
  return {
    ...whole,
    kernels,
    only: new Map(kernels.map(spec => [spec, namesOn(spec)])),
    shard: { ...shard, division: digest, guests: guests.length },
  }
}

// What a scenario takes that is skipped.
const notStartedMs = 50

/** What a guest took, in ms: on that kernel, or else on the average of others; undefined where it was never run. */
function costOf(records: readonly GuiseRecord[]) {
  const taken = new Map<string, number[]>()
  for (const { scenario, kernel, timing } of records) {
    for (const key of [scenario, `${scenario} ${kernel.spec}`])
      taken.set(key, [...(taken.get(key) ?? []), timing?.total ?? notStartedMs])
  }
  return (spec: string, scenario: string): number | undefined => {
    const all = taken.get(`${scenario} ${spec}`) ?? taken.get(scenario)
    return all && all.reduce((sum, ms) => sum + ms, 0) / all.length
  }
}
