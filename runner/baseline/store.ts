import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { replaceFileSync } from '../cache/atomic-write.js'
import { asEnvironmentError, InputError } from '../errors.js'
import { makeFolders } from '../make-folders.js'
import { isCatalogueFile } from '../paths.js'
import type { GuiseRecord } from '../record/schema.js'
import { readTextFile } from '../scenario/text-file.js'
import { type Difference, differencesBetween } from './difference.js'
import { renormalised } from './facts.js'
import { type Baseline, baselinePath, formatBaseline, makeBaseline, parseBaseline } from './file.js'
import { fidelityOf, type Fingerprint } from './fingerprint.js'
import { type IgnoredFact, type IgnoreRule, withoutIgnored } from './ignore.js'
import { isSettled, withoutClocks } from './settled.js'

/** A record held against its baseline. */
export interface BaselineCheck {
  /** Of the baseline, in its folder. */
  readonly path: string
  readonly state: 'same' | 'differs' | 'missing'
  /** Empty unless it differs. */
  readonly differences: readonly Difference[]
  /** What differs and does not count. */
  readonly ignored: readonly IgnoredFact[]
  /** What both were made with; null where the baseline is missing. */
  readonly made: { readonly before: Fingerprint; readonly now: Fingerprint } | null
}

/**
 * Holds a record against its baseline under `folder`. Where its clocks had not settled they are not compared.
 *
 * @throws EnvironmentError when it can't be read
 * @throws InputError when it is no baseline, or one of the other fidelity
 */
export function checkBaseline(
  folder: string,
  record: GuiseRecord,
  rules: readonly IgnoreRule[] = [],
): BaselineCheck {
  const path = baselinePath(record)
  const before = readBaseline(join(folder, path))
  if (before === null) return { path, state: 'missing', differences: [], ignored: [], made: null }
  const now = makeBaseline(record)
  const madeAt = fidelityOf(before.fingerprint)
  if (madeAt !== null && madeAt !== record.fidelity) {
    throw new InputError(
      `${join(folder, path)}: expected a baseline of fidelity ${record.fidelity}, got one of ${madeAt}: what an accelerator of the other makes of a guest is never compared`,
    )
  }
  const compared = isSettled(record) ? renormalised : withoutSettling
  const { differences, ignored } = withoutIgnored(
    differencesBetween(compared(before.facts), compared(now.facts)),
    rules,
    record,
  )
  return {
    path,
    state: differences.length === 0 ? 'same' : 'differs',
    differences,
    ignored,
    made: { before: before.fingerprint, now: now.fingerprint },
  }
}

function withoutSettling(facts: Baseline['facts']): Baseline['facts'] {
  return withoutClocks(renormalised(facts))
}

/**
 * Writes a record's baseline under `folder` where it is missing or differs; one that holds is left as it is, so that a
 * new point release or machine makes no change for git.
 *
 * @throws EnvironmentError when it can't be written
 * @throws InputError as {@link checkBaseline} does
 */
export function updateBaseline(
  folder: string,
  record: GuiseRecord,
  rules: readonly IgnoreRule[] = [],
): BaselineCheck {
  const check = checkBaseline(folder, record, rules)
  if (check.state === 'same') return check
  const file = join(folder, check.path)
  asEnvironmentError("can't write a baseline", () => {
    makeFolders(dirname(file))
    replaceFileSync(
      file,
      formatBaseline({ ...makeBaseline(record), file: ownFile(folder, record) }),
    )
  })
  return check
}

/** The file of a scenario that is the user's own, as a baseline under `folder` names it. */
function ownFile(folder: string, { file }: GuiseRecord): string | null {
  return file === null || isCatalogueFile(file) ? null : relative(resolve(folder), resolve(file))
}

/**
 * Reads a baseline file; null where there is none.
 *
 * @throws EnvironmentError when it can't be read
 * @throws InputError for an empty one, and for one that a merge left in conflict
 */
export function readBaseline(file: string): Baseline | null {
  if (!existsSync(file)) return null
  const text = asEnvironmentError(`can't read the baseline ${file}`, () => readTextFile(file))
  const expected = `${file}: expected a baseline as \`guise baseline update\` writes it`
  if (text.trim() === '') throw new InputError(`${expected}, got an empty file`)
  // What git leaves in a file that two branches have changed.
  const conflict = text.split('\n').findIndex(line => /^(?:<{7}|={7}|>{7})(?: |\r?$)/.test(line))
  if (conflict >= 0)
    throw new InputError(`${expected}, got a conflict of a merge in line ${conflict + 1}`)
  return parseBaseline(text)
}
