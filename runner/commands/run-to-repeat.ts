import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../errors.js'
import { readRun } from '../record/read-run.js'
import { manifestPath } from '../record/run-manifest.js'
import { printable } from '../terminal/printable.js'
import { lastRun } from './last-run.js'

/**
 * The run that `run --failed [FOLDER]` or `run --resume [FOLDER]` goes on with.
 *
 * @param option - what messages call it
 * @param folder - what `--output` left; undefined: the last run's
 * @throws InputError where no run lies there
 */
export function runToRepeat(
  option: '--failed' | '--resume',
  folder: string | undefined,
): ReturnType<typeof readRun> {
  if (folder === undefined) return lastRun()
  if (folder !== '' && existsSync(manifestPath(folder))) return readRun(folder)
  throw new InputError(
    printable(
      `run ${option}: expected a folder with the run.json of a run (or none, for the last run), got \`${folder}\`, ${instead(option, folder)}`,
    ),
  )
}

/** What a folder is that has no run.json. */
function instead(option: string, folder: string): string {
  const state = statSync(folder, { throwIfNoEntry: false })
  if (state === undefined)
    return `which is not there; the scenarios are ${option === '--failed' ? 'those that failed' : 'the run’s'}, and are not named`
  if (!state.isDirectory()) return 'which is no folder'
  const below = readdirSync(folder).filter(name => existsSync(manifestPath(join(folder, name))))
  // What --repeat leaves in --output.
  return below.length === 0
    ? 'which has none'
    : `which has none; ${below.map(name => join(folder, name)).join(', ')} ${below.length === 1 ? 'has' : 'have'} one`
}
