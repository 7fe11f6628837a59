import type { GuiseRecord } from '../record/schema.js'
import { rerunCommand } from './guise-command.js'
import type { RecordDetails } from './reporter.js'
import { summarise } from './summary.js'

/** What is to be said of a result that a person has to look into, a line each, without its console. Guests' words are as they were. */
export function troubleLines(record: GuiseRecord, { baseline = null }: RecordDetails): string[] {
  const rerun = rerunCommand(record)
  return [
    `${record.accel}: ${summarise(record)}`,
    ...record.why,
    ...record.kernelSaid.map(line => `kernel said: ${line}`),
    ...(baseline === null ? [] : [`baseline: ${baseline}`]),
    ...(record.console === null ? [] : [`console log: ${record.console}`]),
    ...(rerun === null ? [] : [`run again: ${rerun}`]),
  ]
}
