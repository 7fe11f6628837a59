import type { Fact } from '../baseline/fact.js'
import { baselineFacts } from '../baseline/facts.js'
import type { Baseline } from '../baseline/file.js'
import { type Fingerprint, fidelityOf, fingerprintOf } from '../baseline/fingerprint.js'
import { isSettled } from '../baseline/settled.js'
import type { GuiseRecord } from '../record/schema.js'
import { parseVersion, seriesOf } from '../scenario/kernel-version.js'
import type { Fidelity } from '../scenario/outcome.js'

/** What is known of one guest, from its record or from a baseline. */
export interface Subject {
  readonly scenario: string
  readonly fidelity: Fidelity
  /** The kernel's, such as `6.1`. */
  readonly series: string
  readonly made: Fingerprint
  readonly facts: readonly Fact[]
  /** Whether what it says of the clocks is the last word. */
  readonly settled: boolean
  /** Null where it is a baseline. */
  readonly record: GuiseRecord | null
  /** Why it tells nothing of its kernel; null where it does. */
  readonly untold: string | null
}

/** One of the two things that are compared. */
export interface Side {
  /** As the user named it. */
  readonly name: string
  readonly subjects: readonly Subject[]
  /** What is missing of it, a sentence each; without it nothing is known to be. */
  readonly lacks?: readonly string[]
}

/** What a record tells. */
export function subjectOfRecord(record: GuiseRecord): Subject {
  const { scenario, fidelity, verdict, outcome, why, kernel } = record
  const tellsNothing = verdict === 'error' || outcome === null
  return {
    scenario,
    fidelity,
    series: seriesIn(kernel.version),
    made: fingerprintOf(record),
    facts: baselineFacts(record),
    settled: isSettled(record),
    record,
    untold: tellsNothing ? `${verdict}: ${why[0] ?? 'no guest was started'}` : null,
  }
}

/** What a baseline tells; `series`, `fidelity` and `scenario` are of its path. */
export function subjectOfBaseline(
  place: Pick<Subject, 'series' | 'fidelity' | 'scenario'>,
  { facts, fingerprint }: Baseline,
): Subject {
  return {
    ...place,
    fidelity: fidelityOf(fingerprint) ?? place.fidelity,
    made: fingerprint,
    facts,
    settled: true,
    record: null,
    untold: null,
  }
}

function seriesIn(version: string): string {
  const parsed = parseVersion(version)
  return parsed === null ? version : seriesOf(parsed)
}
