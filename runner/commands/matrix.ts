import { InputError } from '../errors.js'
import { makeColumns } from '../matrix/columns.js'
import type { MatrixFormat } from '../matrix/formats.js'
import { matrixAsJson } from '../matrix/json.js'
import { makeMatrix } from '../matrix/matrix.js'
import { formatMatrix } from '../matrix/text.js'
import type { GuiseRecord } from '../record/schema.js'
import { qemusOf } from '../report/qemus-of.js'
import type { RunHeading } from '../report/reporter.js'
import { latestResultsFolder } from '../record/run-history.js'
import { exitStatus } from '../report/summary.js'
import { tapReporter } from '../report/tap.js'
import { wantsColour } from '../terminal/capabilities.js'
import { formatJson } from '../terminal/json.js'
import { type Lack, lackingOf, lackOf, readRuns, type RunOnDisk } from '../record/read-run.js'
import { printable } from '../terminal/printable.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print } from './standard-output.js'

/**
 * `guise matrix [FOLDER...]`: puts the records of runs side by side, scenarios by kernels. It runs nothing.
 *
 * @returns as `guise run` would have with these records; 3 where some are missing that should be there
 */
export async function matrixCommand(
  folders: readonly string[],
  format: MatrixFormat,
): Promise<number> {
  const asked = folders.length > 0 ? folders : [latestResultsFolder()]
  const runs = asked.flatMap(readRuns)
  const records = runs.flatMap(each => each.records)
  if (records.length === 0) {
    throw new InputError(`${asked.join(', ')}: expected records of a run, got none`)
  }
  await print(textOf(runs, format))
  const lacking = lackingOf(runs)
  for (const each of lacking) noteOnStderr(printable(each))
  const status = exitStatus(records, false)
  return status === 0 && lacking.length > 0 ? 3 : status
}

function textOf(runs: readonly RunOnDisk[], format: MatrixFormat): string {
  const records = runs.flatMap(each => each.records)
  switch (format) {
    case 'text':
      return formatMatrix(makeMatrix(records), wantsColour(process.stdout))
    case 'json':
      return `${formatJson(matrixAsJson(makeMatrix(records)), 1)}\n`
    case 'tap':
      return asTap(records, runs.map(lackOf))
  }
}

/** As `guise run --format tap` would have written it: a subtest for each kernel. */
function asTap(records: readonly GuiseRecord[], lacks: readonly Lack[]): string {
  const columns = makeColumns(records)
  // What stands in one column is one subtest, of how many runs it may be.
  const inOrder = columns.flatMap(({ kernel: { run }, records: own }) =>
    [...own.values()].map(record => ({ ...record, run })),
  )
  const reporter = tapReporter()
  const heading: RunHeading = {
    kernels: columns.map(({ kernel }) => `${kernel.name} (${kernel.release})`),
    qemus: qemusOf(records),
    accelerator: 'auto',
    jobs: null,
    total: inOrder.length + lacks.reduce((sum, { count }) => sum + count, 0),
    output: '',
    started: null,
    whyMissing: [...new Set(lacks.map(({ why }) => why))].filter(why => why !== '').join('; '),
  }
  const points = inOrder.map(record => reporter.record(record, { consoleTail: [] }))
  return reporter.begin(heading) + points.join('') + reporter.end(inOrder)
}
