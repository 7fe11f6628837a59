import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { replaceFileSync } from '../cache/atomic-write.js'
import { asEnvironmentError } from '../errors.js'
import { makeFolders } from '../make-folders.js'
import type { GuiseRecord } from '../record/schema.js'
import { compareBaselines } from './compare.js'
import { renormalised } from './facts.js'
import { baselinePath, formatBaseline, makeBaseline, parseBaseline } from './file.js'
import { isSettled, withoutClocks } from './settled.js'

/** What became of one record's baseline. */
export interface BaselineChange {
  readonly path: string
  readonly state: 'same' | 'differs' | 'missing'
  /** The readable difference where there is one. */
  readonly difference: string | null
}

/**
 * Holds a record against its baseline under `folder`. Where its clocks had not settled they are not compared.
 *
 * @throws EnvironmentError when it can't be read
 */
export function checkBaseline(folder: string, record: GuiseRecord): BaselineChange {
  const path = baselinePath(record)
  const file = join(folder, path)
  if (!existsSync(file)) return { path, state: 'missing', difference: null }
  const difference = compareBaselines(
    path,
    parseBaseline(readBaseline(file)),
    makeBaseline(record),
    isSettled(record) ? renormalised : facts => withoutClocks(renormalised(facts)),
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
  asEnvironmentError("can't write a baseline", () => {
    makeFolders(dirname(file))
    replaceFileSync(file, formatBaseline(makeBaseline(record)))
  })
  return change
}

function readBaseline(file: string): string {
  return asEnvironmentError("can't read a baseline", () => readFileSync(file, 'utf8'))
}
