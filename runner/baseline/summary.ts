import { join } from 'node:path'
import type { GuiseRecord } from '../record/schema.js'
import { isSameFact } from './fact.js'
import { baselinePath, makeBaseline } from './file.js'
import { readBaseline } from './store.js'

// What a failing guest is held against at a glance; `guise baseline check` has all of it.
const kinds = [
  ['outcome', ''],
  ['hypervisor', ''],
  ['clocksource current', 'clocksource '],
] as const

/**
 * What the baseline of a record's series, fidelity and vendor says of outcome, hypervisor and clock source, with the version that
 * it was made with: `6.1.192: Microsoft Hyper-V, clocksource hpet`. Null where there is none, or where it says the same.
 */
export function baselineSummary(folder: string, record: GuiseRecord): string | null {
  const baseline = readBaseline(join(folder, baselinePath(record)))
  if (baseline === null) return null
  const { facts, fingerprint } = baseline
  const kernel = /^\S+/.exec(fingerprint.kernel ?? '')?.[0]
  const now = makeBaseline(record).facts
  const said = kinds.flatMap(([kind, shown]) => {
    const fact = facts.find(each => each.kind === kind)
    return fact === undefined ? [] : [{ fact, text: shown + (fact.value ?? '') }]
  })
  if (said.every(({ fact }) => now.some(each => isSameFact(each, fact)))) return null
  return `${kernel ?? 'an earlier kernel'}: ${said
    .map(({ text }) => text)
    .filter(text => text !== 'reported')
    .join(', ')}`
}
