import { InputError } from '../errors.js'
import { explain } from '../report/explain.js'
import type { GuiseRecord } from '../record/schema.js'
import { exitStatus } from '../report/summary.js'
import { isTerminal, terminalWidth } from '../terminal/capabilities.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { readRecord } from '../record/read-record.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runWithProgress } from './run-with-progress.js'
import { print } from './standard-output.js'

/**
 * `guise explain SCENARIO|RECORD|--last [NAME]`: tells the story of a record in words. A scenario is run for it, on each kernel; a record
 * that is there already, a file ending in `.json`, is only read.
 */
export async function explainCommand(
  word: string | undefined,
  options: GuestOptions & { readonly last?: true },
): Promise<number> {
  if (options.filter !== undefined && (options.last === true || word?.endsWith('.json') === true))
    throw new InputError('explain: expected --filter beside a name, a group or a file of scenarios')
  if (options.last === true) {
    const { lastRecords } = await import('./last-run.js')
    await print(lastRecords(word).map(tell).join('\n'))
    return 0
  }
  if (word === undefined) {
    throw new InputError('explain: expected a scenario or a record, or --last, got nothing')
  }
  if (word.endsWith('.json')) {
    await print(tell(readRecord(word)))
    return 0
  }
  const scenarios = await scenariosFor([word], options.filter)
  return interruptible(async signal => {
    const records = await runWithProgress({
      ...runOptionsOf(options, scenarios, 'asides', signal),
      unjudged: true,
    })
    await print(records.map(tell).join('\n'))
    return exitStatus(records, true)
  })
}

function tell(record: GuiseRecord): string {
  return explain(record, isTerminal(process.stdout) ? terminalWidth(process.stdout) : null)
}
