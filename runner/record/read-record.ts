import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { InputError } from '../errors.js'
import { type GuiseRecord, recordSchema } from './schema.js'

/**
 * Reads a record that `guise run` wrote.
 *
 * @throws InputError for a file that holds no record
 */
export function readRecord(path: string): GuiseRecord {
  return readJson(path, recordSchema, 'a record as `guise run` writes it')
}

/**
 * Reads a JSON file of guise's own making.
 *
 * @param expected - what it should be, for the message
 * @throws InputError for a file that can't be read, or is not what is expected
 */
export function readJson<T>(path: string, schema: z.ZodType<T>, expected: string): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new InputError(`${path}: expected ${expected}, got: ${reason(error)}`, { cause: error })
  }
}

function reason(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message.split('\n', 1)[0] ?? ''
  const [issue] = error.issues
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}`
}
