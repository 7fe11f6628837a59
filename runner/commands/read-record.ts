import { readFileSync } from 'node:fs'
import { InputError } from '../errors.js'
import { type GuiseRecord, recordSchema } from '../report/record-schema.js'

/**
 * Reads a record that `guise run` wrote.
 *
 * @throws InputError for a file that is none
 */
export function readRecord(path: string): GuiseRecord {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new InputError(
      `${path}: expected a record as \`guise run\` writes it, got: ${(error as Error).message.split('\n', 1)[0] ?? ''}`,
      { cause: error },
    )
  }
}
