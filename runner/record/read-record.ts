import { readFileSync, statSync } from 'node:fs'
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
  const read: { value: unknown } = { value: null }
  try {
    // A FIFO would be waited for.
    if (!statSync(path).isFile()) throw new Error('no regular file')
    read.value = JSON.parse(readFileSync(path, 'utf8'))
    return schema.parse(read.value)
  } catch (error) {
    throw new InputError(`${path}: expected ${expected}, got: ${reason(error, read.value)}`, {
      cause: error,
    })
  }
}

// Of a choice the schema's message lists all that there is.
const mostShown = 120

const ownSchema = /^guise-[a-z]+-\d+$/

function reason(error: unknown, value: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message.split('\n', 1)[0] ?? ''
  const [issue] = error.issues
  const schema = (value as { readonly schema?: unknown } | null)?.schema
  if (issue?.path.join('.') === 'schema' && typeof schema === 'string' && ownSchema.test(schema)) {
    return `one of the schema ${schema}, which another version of guise writes, or which is something else of its own`
  }
  const message = issue?.message ?? ''
  const cut = message.length > mostShown ? `${message.slice(0, mostShown)}...` : message
  return `${issue?.path.join('.') || 'the whole'}: ${cut}`
}
