import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { InputError } from '../errors.js'
import { readJson } from '../record/read-record.js'
import { writeResult } from '../record/results-folder.js'

const commit = z.strictObject({
  /** The full hash, or a packaged kernel's spec. */
  id: z.string(),
  /** What it is called: the first line of its message, or its version. */
  subject: z.string(),
})

const decided = z.strictObject({
  ...commit.shape,
  decision: z.enum(['good', 'bad', 'skip']),
  why: z.string(),
  /** How long it took to build, and its guests, in seconds. */
  seconds: z.strictObject({ build: z.number(), guests: z.number() }),
  /** Where its records are, in the folder of the bisection; null where there are none. */
  records: z.string().nullable(),
})

/** What a bisection keeps on the disk, so that it goes on where it was ended, however that was. */
export const bisectStateSchema = z.strictObject({
  schema: z.literal('guise-bisect-1'),
  /** What is asked; another question is another bisection. */
  question: z.strictObject({
    tree: z.string().nullable().describe('null: packaged kernels'),
    good: commit,
    bad: commit,
    scenarios: z.array(z.string()),
    until: z.array(z.string()),
    /** What else the answer may hang on, such as the accelerator and the configuration. */
    options: z.record(z.string(), z.string().nullable()),
  }),
  /** Of the ends, the records; null until they are there. */
  ends: z.strictObject({ good: decided.nullable(), bad: decided.nullable() }),
  decided: z.array(decided),
})

/** See {@link bisectStateSchema}. */
export type BisectState = z.output<typeof bisectStateSchema>

/** A commit that was tried. */
export type Decided = z.output<typeof decided>

const fileName = 'bisect.json'

/**
 * Reads the state in a folder; null where there is none.
 *
 * @throws InputError where it can't be read, or is of another question
 */
export function readState(folder: string, question: BisectState['question']): BisectState | null {
  const path = join(folder, fileName)
  if (!existsSync(path)) return null
  const state = readJson(path, bisectStateSchema, 'the state of a bisection')
  if (JSON.stringify(state.question) === JSON.stringify(question)) return state
  const { good, bad, scenarios } = state.question
  throw new InputError(
    `${path}: expected the bisection that is asked for, got one of ${scenarios.join(', ')} from ${good.id} to ${bad.id}; name another --output, or --restart`,
  )
}

/** Writes the state, whole or not at all. */
export function writeState(folder: string, state: BisectState): void {
  writeResult(join(folder, fileName), `${JSON.stringify(state, null, 1)}\n`)
}
