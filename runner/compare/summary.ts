import { fingerprintFields, type Fingerprint } from '../baseline/fingerprint.js'
import { counted } from '../terminal/counted.js'
import { type Comparison, hasDifferences } from './compare.js'
import type { Side } from './subject.js'

/** What a side was made with, where that differs from the other: `kernel 6.1.192 (…)`. */
export interface MadeWith {
  readonly name: string
  /** A text for each part that both sides do not share. */
  readonly own: readonly string[]
}

/** What the two sides were made with: what each has of its own, and what both share. */
export function madeWith([one, two]: Comparison['sides']): {
  readonly sides: readonly [MadeWith, MadeWith]
  readonly shared: readonly string[]
} {
  const shared = fingerprintFields.filter(
    field => valueOf(one, field) === valueOf(two, field) && valueOf(one, field) !== '',
  )
  const own = (side: Side): MadeWith => ({
    name: side.name,
    own: fingerprintFields
      .filter(field => !shared.includes(field) && valueOf(side, field) !== '')
      .map(field => `${field} ${valueOf(side, field)}`),
  })
  return {
    sides: [own(one), own(two)],
    shared: shared.map(field => `${field} ${valueOf(one, field)}`),
  }
}

function valueOf({ subjects }: Side, field: keyof Fingerprint): string {
  return [...new Set(subjects.flatMap(({ made }) => made[field] ?? []))].sort().join(' and ')
}

/** The comparison in a sentence. */
export function summaryOf({ scenarios, uncompared, versionChanges }: Comparison): string {
  const differing = scenarios.filter(hasDifferences)
  const unexplained = differing.filter(
    ({ asked, unexplained, registers }) =>
      asked.length === 0 && unexplained.length + registers.length > 0,
  )
  const parts = [
    `${counted(scenarios.length, 'scenario')} compared: ${scenarios.length - differing.length} the same, ${differing.length} ${differing.length === 1 ? 'differs' : 'differ'}`,
    ...(unexplained.length > 0 ? [`${unexplained.length} of them for no cause that is known`] : []),
    ...(versionChanges.length > 0
      ? [`beside ${counted(versionChanges.length, 'change')} of the kernel’s own`]
      : []),
    ...(uncompared.length > 0 ? [`${uncompared.length} not compared`] : []),
  ]
  return parts.join(', ')
}
