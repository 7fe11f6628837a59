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
import { readRuns } from '../record/read-run.js'
import { print } from './standard-output.js'

/**
 * `guise matrix [FOLDER...]`: puts the records of runs side by side, scenarios by kernels. It runs nothing.
 *
 * @returns as `guise run` would have with these records
 */
export async function matrixCommand(
  folders: readonly string[],
  format: MatrixFormat,
): Promise<number> {
  const asked = folders.length > 0 ? folders : [latestResultsFolder()]
  const records = asked.flatMap(readRuns).flatMap(each => each.records)
  if (records.length === 0) {
    throw new InputError(`${asked.join(', ')}: expected records of a run, got none`)
  }
  await print(textOf(records, format))
  return exitStatus(records, false)
}

function textOf(records: readonly GuiseRecord[], format: MatrixFormat): string {
  switch (format) {
    case 'text':
      return formatMatrix(makeMatrix(records), wantsColour(process.stdout))
    case 'json':
      return `${formatJson(matrixAsJson(makeMatrix(records)), 1)}\n`
    case 'tap':
      return asTap(records)
  }
}

/** As `guise run --format tap` would have written it: a subtest for each kernel. */
function asTap(records: readonly GuiseRecord[]): string {
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
    total: inOrder.length,
    output: '',
    started: null,
  }
  const points = inOrder.map(record => reporter.record(record, { consoleTail: [] }))
  return reporter.begin(heading) + points.join('') + reporter.end(inOrder)
}
