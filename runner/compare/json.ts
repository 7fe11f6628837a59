import { formatChange } from '../matrix/change.js'
import type { Comparison } from './compare.js'
import { madeWith } from './summary.js'

/** A comparison as it is written in JSON; changes are lines, as baselines and the matrix have them. */
export function comparisonAsJson(comparison: Comparison, all: boolean) {
  const { scenarios, uncompared } = comparison
  const { sides, shared } = madeWith(comparison.sides)
  return {
    schema: 'guise-compare-1',
    sides,
    shared,
    versionChanges: comparison.versionChanges.map(change => ({
      change: formatChange(change),
      guests: change.guests,
      vendors: change.vendors,
    })),
    compared: scenarios.length,
    scenarios: scenarios
      .filter(({ changes, registers }) => all || changes.length + registers.length > 0)
      .map(each => ({
        ...each,
        changes: each.changes.map(formatChange),
        unexplained: each.unexplained.map(formatChange),
      })),
    uncompared,
  }
}
