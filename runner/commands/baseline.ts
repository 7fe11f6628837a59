import { statSync } from 'node:fs'
import { readIgnoreRules } from '../baseline/ignore.js'
import { normalisationRules } from '../baseline/normalise.js'
import {
  type KnownScenarios,
  removeBaselines,
  removeLeftovers,
  staleBaselines,
} from '../baseline/stale.js'
import { InputError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import { guestCommand, guiseCommand } from '../report/guise-command.js'
import { printable } from '../report/printable.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import type { Reporter } from '../report/reporter.js'
import { loadCatalogue, scenariosFor } from './catalogue.js'
import { interruptible } from './interruptible.js'
import { recordsOfRun, refuseGuestOptions } from './records-of-run.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runAndReport } from './run.js'
import { BaselineSettler, type Settlement, statuses } from './settle-baseline.js'
import { print } from './standard-output.js'

/** The options of `guise baseline`, as commander gives them. */
export interface BaselineOptions extends GuestOptions {
  /** The folder. */
  readonly baselines: string
  /** A folder of records that take the place of a run. */
  readonly run?: string
  /** A guest that fails is recorded, too. */
  readonly acceptFailures?: true
  /** Stale baselines are removed. */
  readonly prune?: true
}

/**
 * `guise baseline update|check`: runs scenarios, or takes the records of a run, and writes, or holds them against, their baselines. An
 * expectation that fails is the business of `guise run`; a check looks at change alone.
 *
 * @returns 0 when all are the same (or written), 1 when any differs, is missing or is refused, 3 when any could not be told
 */
export async function baselineCommand(
  mode: 'update' | 'check',
  words: readonly string[],
  options: BaselineOptions,
): Promise<number> {
  const { baselines, run } = options
  requireFolder(baselines)
  if (run !== undefined) refuseGuestOptions(options)
  const scenarios = run === undefined ? await scenariosFor(words, options.filter) : []
  const settler = new BaselineSettler({
    mode,
    baselines,
    acceptFailures: options.acceptFailures === true,
    acceptCommand: record => acceptCommand(record, options),
  })
  if (mode === 'update') removeLeftovers(baselines, Date.now())
  const known = new Set(scenarios.map(({ name }) => name))
  const records: GuiseRecord[] = []
  const settled: Settlement[] = []
  let lacks = false
  const settle = (record: GuiseRecord) => {
    const settlement = settler.settle(record)
    records.push(record)
    settled.push(settlement)
    return settlement.text
  }
  if (run === undefined) {
    await interruptible(async signal => {
      const runOptions = runOptionsOf(options, scenarios, 'asides', signal)
      await runAndReport(runOptions, reporterWith(settle))
      return 0
    })
  } else {
    const found = await recordsOfRun(run, words, options.filter)
    for (const record of found.records) await print(settle(record))
    for (const { scenario, kernel } of found.absent) {
      const settlement = settler.without(scenario, `no record of it on ${kernel.release}`)
      settled.push(settlement)
      await print(settlement.text)
    }
    for (const each of found.lacking) noteOnStderr(printable(each))
    lacks = found.lacking.length > 0
    for (const name of found.known) known.add(name)
  }
  const stale = await staleOnes(options, known, records)
  const lines = [
    ...stale,
    ...settler.unused.map(
      ({ place, reason }) => `unused   ${place}: it ignored nothing (${reason})`,
    ),
    summary(settled.map(({ state }) => state)),
  ]
  await print(lines.map(line => `${printable(line)}\n`).join(''))
  if (settled.every(({ state }) => state === 'skip')) return 3
  const found = settled.map(({ state }) => statuses[state])
  return found.includes(1) ? 1 : Math.max(lacks ? 3 : 0, ...found)
}

/** An empty name, as of a variable that is not set, would be the working folder. */
function requireFolder(baselines: string): void {
  if (baselines === '') throw new InputError('--baselines: expected a folder, got nothing')
  if (statSync(baselines, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new InputError(`--baselines ${baselines}: expected a folder, got a file`)
}

function reporterWith(settle: (record: GuiseRecord) => string): Reporter {
  return { begin: () => '', record: settle, end: () => '' }
}

function acceptCommand(record: GuiseRecord, { baselines, run }: BaselineOptions): string | null {
  const failing = record.verdict === 'fail' ? ['--accept-failures'] : []
  const where = ['--baselines', baselines, ...failing]
  if (run === undefined) return guestCommand(record, ['baseline', 'update'], where)
  return guiseCommand('baseline', 'update', record.scenario, '--run', run, ...where)
}

/** Lists the stale baselines, or removes them. */
async function staleOnes(
  { baselines, prune }: BaselineOptions,
  seen: ReadonlySet<string>,
  records: readonly GuiseRecord[],
): Promise<string[]> {
  const catalogue = (await loadCatalogue()).map(({ name }) => name)
  const known: KnownScenarios = { names: new Set([...catalogue, ...seen]), namesIn }
  const stale = await staleBaselines(baselines, known, records)
  if (prune === true) removeBaselines(baselines, stale)
  const state = prune === true ? 'removed ' : 'stale   '
  const lines = stale.map(({ path, why }) => `${state} ${path}: ${why}`)
  if (lines.length === 0 || prune === true) return lines
  return [...lines, '         `guise baseline update` with --prune removes them']
}

async function namesIn(file: string): Promise<ReadonlySet<string> | null> {
  const found = await scenariosFor([file]).catch(() => null)
  return found && new Set(found.map(({ name }) => name))
}

function summary(states: readonly Settlement['state'][]): string {
  const counts = Object.keys(statuses).flatMap(state => {
    const count = states.filter(each => each === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  return counts.length === 0 ? 'no guest' : counts.join(', ')
}

/** `guise baseline rules`: what is not compared, and why. */
export async function baselineRules(folder: string): Promise<number> {
  requireFolder(folder)
  const normal = normalisationRules.map(({ name, why }) => `normalised  ${name}: ${why}`)
  const ignored = readIgnoreRules(folder).map(
    ({ place, reason }) => `ignored     ${place}: ${reason}`,
  )
  await print([...normal, ...ignored].map(line => `${printable(line)}\n`).join(''))
  return 0
}
