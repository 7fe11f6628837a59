import { checkBaseline, updateBaseline } from '../baseline/store.js'
import { ownBaselines } from '../paths.js'
import type { GuiseRecord } from '../report/record-schema.js'
import type { Reporter } from '../report/reporter.js'
import { scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runAndReport } from './run.js'

/**
 * `guise baseline update|check`: runs scenarios and writes, or holds them against, their baselines. An expectation
 * that fails is the business of `guise run`; here only change counts.
 *
 * @returns 0 when all are the same (or written), 1 when any differs or is missing, 3 when any could not be told
 */
export async function baselineCommand(
  mode: 'update' | 'check',
  words: readonly string[],
  options: GuestOptions & { dir?: string },
): Promise<number> {
  const folder = options.dir ?? ownBaselines
  const scenarios = await scenariosFor(words)
  return interruptible(async signal => {
    const statuses: number[] = []
    const reporter: Reporter = {
      begin: () => '',
      record: record => {
        const { text, status } = settle(mode, folder, record)
        statuses.push(status)
        return text
      },
      end: () => '',
    }
    const { records } = await runAndReport(runOptionsOf(options, scenarios, signal), reporter)
    if (records.every(({ verdict }) => verdict === 'skip')) return 3
    return statuses.includes(1) ? 1 : Math.max(...statuses)
  })
}

function settle(mode: 'update' | 'check', folder: string, record: GuiseRecord) {
  const { scenario, verdict, why } = record
  if (verdict === 'skip') return { text: `skip     ${scenario}: ${why[0] ?? ''}\n`, status: 0 }
  if (verdict === 'error') {
    return { text: `error    ${scenario}: ${why.join('; ')}\n`, status: 3 }
  }
  if (mode === 'update') {
    const { path, state } = updateBaseline(folder, record)
    return { text: `${state === 'same' ? 'same   ' : 'written'}  ${path}\n`, status: 0 }
  }
  const { path, state, difference } = checkBaseline(folder, record)
  const hint = state === 'missing' ? ' (make it with `guise baseline update`)' : ''
  return {
    text: `${state.padEnd(7)}  ${path}${hint}\n${difference ?? ''}`,
    status: state === 'same' ? 0 : 1,
  }
}
