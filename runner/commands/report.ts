import { readFileSync } from 'node:fs'
import { InputError } from '../errors.js'
import { guestFile } from '../record/guest-files.js'
import {
  guestsWithoutRecord,
  type GuestWithoutRecord,
  lackingOf,
  lackOf,
  readRuns,
  type RunOnDisk,
} from '../record/read-run.js'
import { latestResultsFolder } from '../record/run-history.js'
import { detailsOf } from '../report/console-end.js'
import { type Format, reporterOf } from '../report/formats.js'
import type { KcidbOptions } from '../report/kcidb.js'
import { qemusOf } from '../report/qemus-of.js'
import type { NotRun, Reporter, RunHeading } from '../report/reporter.js'
import { kernelKey } from '../report/whole-reporter.js'
import { isTerminal, terminalWidth, wantsColour } from '../terminal/capabilities.js'
import { baselineSays } from './baseline-says.js'
import { print } from './standard-output.js'

/** The options of `guise report`, as commander gives them. */
export interface ReportOptions {
  readonly format: Format | 'html'
  readonly origin?: string
  readonly build?: string
}

/** `guise report [FOLDER...]`: what runs came to, in any format of `guise run`. It runs nothing. */
export async function reportCommand(
  folders: readonly string[],
  options: ReportOptions,
): Promise<number> {
  const asked = folders.length > 0 ? folders : [latestResultsFolder()]
  const runs = asked.flatMap(readRuns)
  refuseTwice(runs)
  const records = runs.flatMap(each => each.records)
  if (runs.length === 0) {
    throw new InputError(`${asked.join(', ')}: expected records of a run, got none`)
  }
  if (options.format === 'html') {
    kcidbOptions(options)
    await print(await pageOf(runs))
    return 0
  }
  const reporter = await reporterOf(options.format, {
    colour: wantsColour(process.stdout),
    width: isTerminal(process.stdout) ? terminalWidth(process.stdout) : null,
    nameWidth: Math.max(0, ...records.map(({ scenario }) => scenario.length)),
    kcidb: kcidbOptions(options),
  })
  await replay(runs, reporter)
  return 0
}

/** A page of all that runs came to. */
async function pageOf(runs: readonly RunOnDisk[]): Promise<string> {
  const { makePage } = await import('../page/page.js')
  const runOf = new Map(runs.flatMap(run => run.records.map(record => [record, run])))
  return makePage({
    records: [...runOf.keys()],
    missing: lackingOf(runs),
    consoleOf: record => {
      const run = runOf.get(record)
      const path = run && guestFile(run, record, 'console')
      return path == null ? null : readFileSync(path)
    },
  })
}

/** Tells a reporter of runs as it would have been told while they ran. */
async function replay(runs: readonly RunOnDisk[], reporter: Reporter): Promise<void> {
  const notRun = runs.flatMap(leftOut)
  const lost = runs.flatMap(run => lackOf(run).guests.map(guest => notRunOf(run, guest)))
  await print(reporter.begin(headingOf(runs, notRun, lost)))
  for (const run of runs) {
    for (const record of run.records) {
      const details = await detailsOf(run, record)
      await print(reporter.record(record, { ...details, baseline: baselineSays(record) }))
    }
  }
  await print(
    reporter.end(
      runs.flatMap(({ records }) => records),
      undefined,
      notRun,
      lost,
    ),
  )
}

/** What `--fail-fast` left out. */
function leftOut(run: RunOnDisk): NotRun[] {
  const lost = new Set(lackOf(run).guests.map(keyOf))
  return guestsWithoutRecord(run)
    .filter(guest => !lost.has(keyOf(guest)))
    .map(guest => notRunOf(run, guest))
}

function keyOf({ scenario, kernel }: GuestWithoutRecord): string {
  return `${scenario} ${kernel.sha256}`
}

function notRunOf({ manifest }: RunOnDisk, { scenario, kernel }: GuestWithoutRecord): NotRun {
  return { scenario, run: manifest?.run ?? '', kernel }
}

/** A run that is told twice would have each guest twice. */
function refuseTwice(runs: readonly RunOnDisk[]): void {
  const folders = new Map<string, string>()
  for (const { folder, manifest } of runs) {
    if (manifest === null) continue
    const before = folders.get(manifest.run)
    if (before !== undefined)
      throw new InputError(`${folder}: expected each run once, got that of ${before} again`)
    folders.set(manifest.run, folder)
  }
}

function headingOf(
  runs: readonly RunOnDisk[],
  notRun: readonly NotRun[],
  lost: readonly NotRun[],
): RunHeading {
  const records = runs.flatMap(each => each.records)
  const lacks = runs.map(lackOf)
  const missing = lacks.reduce((sum, { count }) => sum + count, 0)
  const why = [...new Set(lacks.filter(({ count }) => count > 0).map(lack => lack.why))]
  const specs = new Map(
    [
      ...runs.flatMap(({ manifest }) => manifest?.kernels ?? []),
      ...records.map(({ kernel }) => kernel),
    ].map(({ sha256, spec }) => [sha256, spec]),
  )
  const kernels = new Map(
    [...records, ...notRun, ...lost].map(of => {
      const { version, release, sha256 } = of.kernel
      return [kernelKey(of), `${version} (${release}, ${specs.get(sha256) ?? ''})`]
    }),
  )
  const [first] = runs
  return {
    kernels: [...kernels.values()],
    qemus: qemusOf(records),
    accelerator: first?.manifest?.options.accelerator ?? 'auto',
    jobs: null,
    total: records.length + notRun.length + missing,
    output: '',
    started: first?.manifest && runs.length === 1 ? new Date(first.manifest.started) : null,
    ...(why.length > 0 && { whyMissing: why.join('; ') }),
  }
}

/** @throws InputError for what is no name and no id there */
function kcidbOptions({ format, origin, build }: ReportOptions): KcidbOptions {
  if (format !== 'kcidb' && (origin ?? build) !== undefined) {
    throw new InputError(
      `--${origin === undefined ? 'build' : 'origin'}: expected --format kcidb beside it, got ${format}`,
    )
  }
  if (origin !== undefined && !/^[a-z0-9_]+$/.test(origin)) {
    throw new InputError(`--origin: expected a name of a-z, 0-9 and _, got \`${origin}\``)
  }
  if (build !== undefined && !/^[a-z0-9_]+:[^\0]*$/.test(build)) {
    throw new InputError(`--build: expected the id of a build, ORIGIN:ID, got \`${build}\``)
  }
  return { origin: origin ?? 'guise', build: build ?? null }
}
