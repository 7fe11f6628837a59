import type { Reporter } from '../report/reporter.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runAndReport } from './run.js'
import { settling } from './settle-baseline.js'

/** The options of `guise baseline`, as commander gives them. */
export interface BaselineOptions extends GuestOptions {
  /** The folder. */
  readonly baselines: string
  /** A guest that fails is recorded, too. */
  readonly acceptFailures?: true
}

/**
 * `guise baseline update|check`: runs scenarios and writes, or holds them against, their baselines. An expectation
 * that fails is the business of `guise run`; a check looks at change alone.
 *
 * @returns 0 when all are the same (or written), 1 when any differs, is missing or is refused, 3 when any could not be told
 */
export async function baselineCommand(
  mode: 'update' | 'check',
  words: readonly string[],
  options: BaselineOptions,
): Promise<number> {
  const scenarios = await scenariosFor(words)
  const settle = settling(mode, options.baselines, options.acceptFailures === true)
  return interruptible(async signal => {
    const statuses: number[] = []
    const reporter: Reporter = {
      begin: () => '',
      record: record => {
        const { text, status } = settle(record)
        statuses.push(status)
        return text
      },
      end: () => '',
    }
    const runOptions = runOptionsOf(options, scenarios, 'asides', signal)
    const { records } = await runAndReport(runOptions, reporter)
    if (records.every(({ verdict }) => verdict === 'skip')) return 3
    return statuses.includes(1) ? 1 : Math.max(...statuses)
  })
}
