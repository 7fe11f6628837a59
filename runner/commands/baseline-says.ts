import { existsSync } from 'node:fs'
import { baselineSummary } from '../baseline/summary.js'
import { ownBaselines, usualBaselines } from '../paths.js'
import type { GuiseRecord } from '../record/schema.js'
import { isTrouble } from '../report/summary.js'

/** What the stored baseline says of a record that a person has to look into; null where it is none, or there is no baseline. */
export function baselineSays(record: GuiseRecord): string | null {
  if (!isTrouble(record)) return null
  return baselineSummary(existsSync(usualBaselines) ? usualBaselines : ownBaselines, record)
}
