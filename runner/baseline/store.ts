import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EnvironmentError } from '../errors.js'
import type { GuiseRecord } from '../report/record-schema.js'
import { compareBaselines } from './compare.js'
import { baselinePath, formatBaseline, makeBaseline, parseBaseline } from './file.js'

/** What became of one record's baseline. */
export interface BaselineChange {
  readonly path: string
  readonly state: 'same' | 'differs' | 'missing'
  /** The readable difference where there is one. */
  readonly difference: string | null
}

/** Holds a record against its baseline under `folder`. */
export function checkBaseline(folder: string, record: GuiseRecord): BaselineChange {
  const path = baselinePath(record)
  const file = join(folder, path)
  if (!existsSync(file)) return { path, state: 'missing', difference: null }
  const difference = compareBaselines(
    path,
    parseBaseline(readFileSync(file, 'utf8')),
    makeBaseline(record),
  )
  return { path, state: difference === null ? 'same' : 'differs', difference }
}

/**
 * Writes a record's baseline under `folder` where it is missing or differs; one that holds is left as it is, so that a
 * new point release or machine makes no change for git.
 *
 * @throws EnvironmentError when it can't be written
 */
export function updateBaseline(folder: string, record: GuiseRecord): BaselineChange {
  const change = checkBaseline(folder, record)
  if (change.state === 'same') return change
  const file = join(folder, change.path)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.partial`, formatBaseline(makeBaseline(record)))
    renameSync(`${file}.partial`, file)
  } catch (error) {
    throw new EnvironmentError(`can't write a baseline: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return change
}
