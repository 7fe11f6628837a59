import { InputError } from '../errors.js'
import { makeMatrix, type Matrix } from '../matrix/matrix.js'
import { formatMatrix } from '../matrix/text.js'
import type { GuiseRecord } from '../report/record-schema.js'
import type { RunHeading } from '../report/reporter.js'
import { latestResultsFolder } from '../report/run-history.js'
import { exitStatus } from '../report/summary.js'
import { tapReporter } from '../report/tap.js'
import { wantsColour } from '../terminal/capabilities.js'
import { formatJson } from '../terminal/json.js'
import { readRuns } from './read-run.js'
import { print } from './standard-output.js'

type MatrixFormat = 'text' | 'json' | 'tap'

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
  const matrix = makeMatrix(records)
  switch (format) {
    case 'text':
      return formatMatrix(matrix, wantsColour(process.stdout))
    case 'json':
      return `${formatJson(matrix, 1)}\n`
    case 'tap':
      return asTap(matrix, records)
  }
}

/** As `guise run --format tap` would have written it: a subtest for each kernel. */
function asTap({ kernels }: Matrix, records: readonly GuiseRecord[]): string {
  const inOrder = kernels.flatMap(({ sha256 }) =>
    records.filter(({ kernel }) => kernel.sha256 === sha256),
  )
  const reporter = tapReporter()
  const heading: RunHeading = {
    kernels: kernels.map(({ version, release }) => `${version} (${release})`),
    qemuVersion: [...new Set(records.map(({ qemu }) => qemu.version))].sort().join(', '),
    accelerator: 'auto',
    total: inOrder.length,
    output: '',
  }
  const points = inOrder.map(record => reporter.record(record, { consoleTail: [] }))
  return reporter.begin(heading) + points.join('') + reporter.end(inOrder)
}
