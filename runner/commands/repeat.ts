import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { differenceFrom, type Repetition } from '../baseline/repeat.js'
import type { GuiseRecord } from '../record/schema.js'
import { printable } from '../report/printable.js'
import { isTrouble } from '../report/summary.js'
import type { FullRunOptions } from '../run/options.js'
import { counted } from '../terminal/counted.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { runWithProgress } from './run-with-progress.js'

/** What came of the runs after the first. */
export interface Repeated {
  readonly records: readonly GuiseRecord[]
  /** How many guests came out otherwise than at first. */
  readonly differences: number
}

/** The options of one run of several; the folder that was asked for gets one in it for each. */
export function atRepetition(options: FullRunOptions, number: number, of: number): FullRunOptions {
  const { output } = options
  return {
    ...options,
    repetition: { number, of },
    ...(output !== undefined && { output: join(output, String(number)) }),
  }
}

/**
 * Runs again what was run once, and says on stderr which guests come out otherwise. With `failFast` no run is begun after one in which a
 * guest failed or came out otherwise.
 *
 * @param times - how many runs there are in all, the first among them
 */
export async function repeatRun(
  options: FullRunOptions,
  first: readonly GuiseRecord[],
  times: number,
): Promise<Repeated> {
  const before = new Map(first.map(record => [keyOf(record), record]))
  const records: GuiseRecord[] = []
  let differences = 0
  const isOver = () =>
    options.failFast === true && (differences > 0 || [...first, ...records].some(isTrouble))
  let runs = 1
  for (let number = 2; number <= times && !isOver(); number += 1) {
    runs = number
    noteOnStderr(`run ${number} of ${times}`)
    await runWithProgress(atRepetition(options, number, times), around => ({
      onRecord: ({ record }) => {
        records.push(record)
        const original = before.get(keyOf(record))
        const difference = original && differenceFrom(repetition(original), repetition(record))
        if (!difference) return
        differences += 1
        around(() => {
          const { scenario, kernel } = record
          noteOnStderr(
            printable(`${scenario} on ${kernel.version} differs in run ${number}: ${difference}`),
          )
        })
      },
    }))
  }
  if (times > 1) {
    const guests = counted(first.length, 'guest')
    const left = runs < times ? ` (${times - runs} not begun, for --fail-fast)` : ''
    noteOnStderr(
      `${counted(runs, 'run')}${left} of ${guests}: ${differences} of ${records.length} differ from the first`,
    )
  }
  return { records, differences }
}

function keyOf({ scenario, kernel }: GuiseRecord): string {
  return `${scenario} ${kernel.sha256}`
}

function repetition(record: GuiseRecord): Repetition {
  const path = record.console
  const console = path !== null && existsSync(path) ? readFileSync(path, 'latin1') : ''
  return { record, console }
}
