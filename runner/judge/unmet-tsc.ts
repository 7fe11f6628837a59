import type { KernelTsc } from '../hypervisors/cpu-facts.js'
import type { Expectation } from '../scenario/expectation-schema.js'
import type { Unmet } from './verdict.js'

/** What a kernel takes its TSC to count at, as far as it is not what is expected. */
export function unmetTsc(expected: Expectation['tsc'], tsc: KernelTsc | null): Unmet[] {
  const { khz, source } = expected ?? {}
  const seen = { khz: tsc?.khz ?? 'nothing', source: tsc?.source ?? 'nothing' }
  return [
    ...(khz === undefined || khz === seen.khz
      ? []
      : [{ field: 'tsc.khz', want: String(khz), got: String(seen.khz) } as const]),
    ...(source === undefined || source === seen.source
      ? []
      : [{ field: 'tsc.source', want: source, got: seen.source } as const]),
  ]
}
