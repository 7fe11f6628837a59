import type { GuiseRecord } from '../record/schema.js'
import { counted } from '../terminal/counted.js'

/** The heart of a record in one line: what was detected and adopted, mixed or not; or why it was skipped. */
export function summarise(record: GuiseRecord): string {
  if (record.outcome === null || record.verdict === 'skip') return record.why[0] ?? ''
  const { identity, clocksource, composition } = record
  const parts = [
    identity.hypervisor ?? 'none detected',
    ...(clocksource.current === null ? [] : [`clocksource ${clocksource.current}`]),
    compositionLine(composition),
    ...brokenLine(record),
    ...(record.outcome === 'reported' ? [] : [`died: ${fate(record)}`]),
  ]
  return parts.join('; ')
}

/** The rules of any sane kernel that it broke, each once. */
function brokenLine({ broken = [] }: GuiseRecord): string[] {
  const rules = [...new Set(broken.map(({ rule }) => rule))]
  return rules.length === 0 ? [] : [`breaks ${rules.join(', ')}`]
}

/** How a guest ended that did not report: `early-exception in xen_hypercall_amd`. */
export function fate({
  outcome,
  diedIn,
  stuckIn = null,
}: Pick<GuiseRecord, 'outcome' | 'diedIn' | 'stuckIn'>): string {
  const place = diedIn ?? stuckIn
  return `${outcome ?? ''}${place === null ? '' : ` in ${place}`}`
}

/** One line of a composition: `adopts hyperv+kvm, mixed`, `adopts nothing of a hypervisor`. */
export function compositionLine(composition: GuiseRecord['composition']): string {
  const { owners, mixed, violations } = composition
  const adopted =
    owners.length === 0 ? 'adopts nothing of a hypervisor' : `adopts ${owners.join('+')}`
  return [
    adopted,
    ...(mixed ? ['mixed'] : []),
    ...(violations.length > 0 ? [counted(violations.length, 'violation')] : []),
  ].join(', ')
}

/** What was run again and why, one line for each reason: nothing of it shows in the verdicts. */
export function rerunLines(records: readonly GuiseRecord[]): string[] {
  const scenarios = new Map<string, string[]>()
  for (const { scenario, reruns, verdict } of records) {
    // Where no run counts, the verdict's own words say so.
    if (verdict === 'error') continue
    for (const why of reruns) scenarios.set(why, [...(scenarios.get(why) ?? []), scenario])
  }
  return [...scenarios].map(([why, names]) => `${names.join(', ')}: ${why}`)
}

/** How many were skipped for each reason, the commonest first. */
export function skipLines(records: readonly GuiseRecord[]): string[] {
  const counts = new Map<string, number>()
  for (const { verdict, why } of records) {
    if (verdict === 'skip') counts.set(why[0] ?? '', (counts.get(why[0] ?? '') ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => `${count}: ${why}`)
}

/** The scenarios of records by name, with their kernels where there are several. */
export function namesOf(records: readonly GuiseRecord[], several: boolean): string[] {
  const kernels = new Map<string, string[]>()
  for (const { scenario, kernel } of records) {
    kernels.set(scenario, [...(kernels.get(scenario) ?? []), kernel.version])
  }
  return [...kernels].map(([name, versions]) =>
    several ? `${name} (${versions.join(', ')})` : name,
  )
}

/** Whether a record is of what a person has to look into. */
export function isTrouble({ verdict }: Pick<GuiseRecord, 'verdict'>): boolean {
  return verdict === 'fail' || verdict === 'error'
}

/** How many records have each verdict. */
export function countVerdicts(
  records: readonly GuiseRecord[],
): Record<GuiseRecord['verdict'], number> {
  const counts = { pass: 0, fail: 0, skip: 0, error: 0 }
  for (const { verdict } of records) counts[verdict] += 1
  return counts
}

/**
 * The exit status of a run: 1 for any failure, 3 for any error or when nothing ran, else 0.
 *
 * @param allowSkipAll - whether skips alone are good enough
 */
export function exitStatus(records: readonly GuiseRecord[], allowSkipAll: boolean): number {
  const { pass, fail, error } = countVerdicts(records)
  if (fail > 0) return 1
  if (error > 0) return 3
  return pass > 0 || allowSkipAll ? 0 : 3
}
