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

/** The options of `guise explain` beside those of guests. */
export interface ExplainOptions {
  readonly last?: true
  /** A picture of one guest. */
  readonly svg?: true
}

/**
 * `guise explain SCENARIO|RECORD|--last [NAME]`: tells the story of a record in words. A scenario is run for it, on each kernel; a record
 * that is there already, a file ending in `.json`, is only read.
 */
export async function explainCommand(
  word: string | undefined,
  options: GuestOptions & ExplainOptions,
): Promise<number> {
  if (options.filter !== undefined && (options.last === true || word?.endsWith('.json') === true))
    throw new InputError('explain: expected --filter beside a name, a group or a file of scenarios')
  if (options.last === true) {
    const { lastRecords } = await import('./last-run.js')
    await printStory(lastRecords(word), options)
    return 0
  }
  if (word === undefined) {
    throw new InputError('explain: expected a scenario or a record, or --last, got nothing')
  }
  if (word.endsWith('.json')) {
    await printStory([readRecord(word)], options)
    return 0
  }
  const scenarios = await scenariosFor([word], options.filter)
  const count = scenarios.length * (options.kernel?.length ?? 1)
  if (options.svg === true && count !== 1) throw severalGuests(count)
  return interruptible(async signal => {
    const records = await runWithProgress({
      ...runOptionsOf(options, scenarios, 'asides', signal),
      unjudged: true,
    })
    await printStory(records, options)
    return exitStatus(records, true)
  })
}

/** @throws InputError where a picture is asked for of several guests */
async function printStory(records: readonly GuiseRecord[], { svg }: ExplainOptions): Promise<void> {
  if (svg !== true) return print(records.map(tell).join('\n'))
  const { guestMap } = await import('../page/guest-map.js')
  const [record, ...others] = records
  if (record === undefined || others.length > 0) throw severalGuests(records.length)
  await print(guestMap(record))
}

function tell(record: GuiseRecord): string {
  return explain(record, isTerminal(process.stdout) ? terminalWidth(process.stdout) : null)
}

function severalGuests(count: number): InputError {
  return new InputError(`--svg: expected one guest, got ${count}: name one scenario and one kernel`)
}
