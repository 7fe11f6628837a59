import { readFileSync } from 'node:fs'
import { InputError } from '../errors.js'
import { explain } from '../report/explain.js'
import { type GuiseRecord, recordSchema } from '../report/record-schema.js'
import { exitStatus } from '../report/summary.js'
import { run } from '../run.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { print } from './standard-output.js'

/**
 * `guise explain SCENARIO|RECORD`: tells the story of a record in words. A scenario is run for it, on each kernel; a record
 * that is there already, a file ending in `.json`, is only read.
 */
export async function explainCommand(word: string, options: GuestOptions): Promise<number> {
  if (word.endsWith('.json')) {
    await print(explain(readRecord(word)))
    return 0
  }
  const scenarios = await scenariosFor([word])
  return interruptible(async signal => {
    const records = await run(runOptionsOf(options, scenarios, signal), {
      onNote: text => process.stderr.write(`guise: ${text}\n`),
    })
    await print(records.map(explain).join('\n'))
    return exitStatus(records, true)
  })
}

function readRecord(path: string): GuiseRecord {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new InputError(
      `${path}: expected a record as \`guise run\` writes it, got: ${(error as Error).message.split('\n', 1)[0] ?? ''}`,
      { cause: error },
    )
  }
}
