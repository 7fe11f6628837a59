import { InputError } from '../errors.js'
import type { GuiseRecord } from '../record/schema.js'
import { type Format, reporterOf } from '../report/formats.js'
import type { NotRun, Reporter } from '../report/reporter.js'
import { exitStatus } from '../report/summary.js'
import type { FullRunOptions } from '../run/options.js'
import type { Shard } from '../run/shard.js'
import type { Scenario } from '../scenario/scenario.js'
import { isTerminal, terminalWidth, wantsColour } from '../terminal/capabilities.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { baselineSays } from './baseline-says.js'
import { scenariosFor } from './catalogue.js'
import { dryRun } from './dry-run.js'
import { gitBisectStatus } from './git-bisect-status.js'
import { interruptible } from './interruptible.js'
import { type QueueOptions, queueSite } from './queue.js'
import { type GuestOptions, runOptionsOf } from './run-options.js'
import { runWithProgress } from './run-with-progress.js'
import { atRepetition, repeatRun } from './repeat.js'
import { print } from './standard-output.js'

/** The options of `guise run`, as commander gives them. */
export interface RunCommandOptions extends GuestOptions, QueueOptions {
  readonly format: Format
  /** What failed in the last run, or in that whose results lie in a folder. */
  readonly failed?: true | string
  /** The run to go on with, the last one or that whose results lie in a folder. */
  readonly resume?: true | string
  readonly shard?: Shard
  /** The results of an earlier run, by which a shard is made. */
  readonly costs?: string
  readonly failFast?: true
  readonly allowSkipAll?: true
  readonly dryRun?: true
  /** The exit status is one for `git bisect run`. */
  readonly bisect?: true
  /** How many times each guest is run. */
  readonly repeat?: number
}

/** `guise run`: the result to stdout in the format asked for, the progress to stderr. */
export async function runCommand(
  words: readonly string[],
  options: RunCommandOptions,
): Promise<number> {
  const { failed, resume, shard, costs } = options
  if (costs !== undefined && shard === undefined)
    throw new InputError('--costs: expected --shard beside it, which it balances, got none')
  if (failed !== undefined && shard !== undefined)
    throw new InputError('--shard: expected no --failed beside it, got both')
  const site = { site: await queueSite(options) }
  const status = await (resume !== undefined
    ? runOn(words, options, resume, site)
    : failed === undefined
      ? runWords(words, options, site)
      : runFailed(words, options, failed, site))
  return options.bisect === true ? gitBisectStatus(status) : status
}

async function runWords(
  words: readonly string[],
  options: RunCommandOptions,
  more: Pick<FullRunOptions, 'only' | 'begun' | 'site'>,
): Promise<number> {
  const scenarios = await scenariosFor(words, options.filter)
  return interruptible(async signal => {
    const whole: FullRunOptions = {
      ...runOptionsOf(options, scenarios, 'runs', signal),
      failFast: options.failFast,
      ...more,
    }
    const runOptions =
      options.shard === undefined ? whole : await partOf(whole, options.shard, options.costs)
    if (options.dryRun === true) return dryRun(runOptions)
    const { repeat: times = 1 } = options
    const first = times > 1 ? atRepetition(runOptions, 1, times) : runOptions
    const { records } = await runAndReport(first, await reporterFor(options.format, scenarios))
    if (options.format === 'text' && runOptions.kernels.length > 1) await printMatrix(records)
    const repeated = await repeatRun(runOptions, records, times)
    const all = [...records, ...repeated.records]
    const isEmptyShard = options.shard !== undefined && all.length === 0
    const status = isEmptyShard ? 0 : exitStatus(all, options.allowSkipAll === true)
    return status === 0 && repeated.differences > 0 ? 1 : status
  })
}

/** The part of a run that `--shard` asks for. */
async function partOf(
  whole: FullRunOptions,
  shard: Shard,
  costs: string | undefined,
): Promise<FullRunOptions> {
  const { shardOf } = await import('./shard-of.js')
  return shardOf(whole, shard, costs)
}

/** `guise run --failed [FOLDER]`: what failed in the last run, or in that of a folder, as it was run. */
async function runFailed(
  words: readonly string[],
  options: RunCommandOptions,
  folder: true | string,
  site: Pick<FullRunOptions, 'site'>,
): Promise<number> {
  if (words.length > 0) {
    throw new InputError(`run --failed: expected no scenario beside it, got \`${words[0] ?? ''}\``)
  }
  const [{ failedAgain }, { runToRepeat }] = await Promise.all([
    import('./last-run.js'),
    import('./run-to-repeat.js'),
  ])
  const given = { ...options }
  delete given.failed
  const run = runToRepeat('--failed', folder === true ? undefined : folder)
  const again = failedAgain(run, given)
  if (again.words.length === 0) {
    noteOnStderr(
      folder === true ? 'nothing failed in the last run' : `nothing failed in the run of ${folder}`,
    )
    return 0
  }
  return runWords(again.words, { ...given, ...again.options }, { only: again.only, ...site })
}

/** `guise run --resume [FOLDER]`: what a run that was cut short did not come to, in its folder, as if it had not been cut. */
async function runOn(
  words: readonly string[],
  options: RunCommandOptions,
  folder: true | string,
  site: Pick<FullRunOptions, 'site'>,
): Promise<number> {
  const [{ resumed, refuseBeside }, { runToRepeat }] = await Promise.all([
    import('./resume.js'),
    import('./run-to-repeat.js'),
  ])
  refuseBeside(words, options)
  const run = runToRepeat('--resume', folder === true ? undefined : folder)
  const { words: asked, options: own, ...more } = await resumed(run, options)
  return runWords(asked, { ...options, ...own }, { ...more, ...site })
}

/** Of several kernels the text ends with all of it side by side. */
async function printMatrix(records: readonly GuiseRecord[]): Promise<void> {
  const [{ makeMatrix }, { formatMatrix }] = await Promise.all([
    import('../matrix/matrix.js'),
    import('../matrix/text.js'),
  ])
  await print(`\n${formatMatrix(makeMatrix(records), wantsColour(process.stdout))}`)
}

function reporterFor(format: Format, scenarios: readonly Scenario[]): Promise<Reporter> {
  return reporterOf(format, {
    colour: wantsColour(process.stdout),
    width: isTerminal(process.stdout) ? terminalWidth(process.stdout) : null,
    nameWidth: Math.max(...scenarios.map(({ name }) => name.length)),
  })
}

/** Runs and writes as it goes: each record to stdout, how far it is to stderr. */
export async function runAndReport(
  options: FullRunOptions,
  reporter: Reporter,
): Promise<{ records: GuiseRecord[] }> {
  const startedAt = performance.now()
  const records: GuiseRecord[] = []
  const notRun: NotRun[] = []
  const printed: Promise<void>[] = []
  const write = (text: string) => {
    const writing = print(text)
    // Told at the end: a result that can't be printed is on the disk all the same.
    writing.catch(() => undefined)
    printed.push(writing)
  }
  try {
    await runWithProgress(options, around => ({
      onHeading: heading => {
        around(() => {
          write(reporter.begin(heading))
        })
      },
      onRecord: ({ record, details }) => {
        records.push(record)
        around(() => {
          write(reporter.record(record, { ...details, baseline: baselineSays(record) }))
        })
      },
      onNotRun: guest => notRun.push(guest),
    }))
  } finally {
    // Nothing was printed of a run that came to no heading.
    if (printed.length > 0) write(reporter.end(records, performance.now() - startedAt, notRun))
  }
  await Promise.all(printed)
  return { records }
}
