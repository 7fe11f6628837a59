import type { Observation } from '../observe/observe.js'
import type { SanityRule } from '../scenario/sanity-rule.js'
import type { Unmet } from './verdict.js'

/**
 * The rules of any sane kernel that one breaks although its scenario does not bring that about, and those which the scenario says it
 * breaks and it keeps.
 *
 * @param breaks - what the scenario says of them; undefined where it says nothing, and only what may be its own doing passes
 */
export function unmetSanity(
  breaks: readonly SanityRule[] | undefined,
  { broken }: Pick<Observation, 'broken'>,
): Unmet[] {
  const unasked =
    breaks === undefined
      ? broken.filter(({ mayBeAsked }) => !mayBeAsked)
      : broken.filter(({ rule }) => !breaks.includes(rule))
  const kept = (breaks ?? []).filter(rule => broken.every(each => each.rule !== rule))
  return [
    ...unasked.map(({ rule, shown }): Unmet => ({
      field: 'breaks',
      want: 'none',
      got: `${rule}: ${shown}`,
    })),
    ...kept.map((want): Unmet => ({ field: 'breaks', want, got: 'it is kept' })),
  ]
}
