import { groupBy } from '../group-by.js'
import type { GuiseRecord } from '../record/schema.js'
import { compareVersions, parseVersion } from '../scenario/kernel-version.js'
import { nameColumns, type UnnamedKernel } from './column-names.js'

/** A column of a matrix: a kernel, or one run of several on it. */
export interface MatrixKernel extends UnnamedKernel {
  /** What heads the column: the version, and what else tells it from its neighbours. */
  readonly name: string
}

/** A column with its records, by scenario. */
export interface MatrixColumn {
  readonly kernel: MatrixKernel
  readonly records: ReadonlyMap<string, GuiseRecord>
}

/**
 * Sorts records into columns, from the oldest kernel to the newest; kernels of one version stand in the order of their runs. The
 * records of one kernel are one column, unless two runs have a record of the same scenario: then each run is one, so that
 * neither hides the other.
 */
export function makeColumns(records: readonly GuiseRecord[]): MatrixColumn[] {
  const columns = [...groupBy(records, ({ kernel }) => kernel.sha256).values()]
    .flatMap(ofKernel => {
      const runs = [...groupBy(ofKernel, ({ run }) => run).values()].map(byScenario)
      const scenarios = new Set(ofKernel.map(({ scenario }) => scenario))
      const repeated = runs.reduce((sum, { size }) => sum + size, 0) > scenarios.size
      return repeated ? runs : [byScenario(ofKernel)]
    })
    .map(own => ({ kernel: kernelOf([...own.values()]), records: own }))
    .sort((a, b) => byVersion(a.kernel, b.kernel) || compareTexts(a.kernel.run, b.kernel.run))
  const names = nameColumns(columns.map(({ kernel }) => kernel))
  return columns.map(({ kernel, records: own }, index) => ({
    kernel: { ...kernel, name: names[index] ?? kernel.version },
    records: own,
  }))
}

/** Orders kernels by version, then by release, in which a commit's hash counts for nothing; 0 where both are equal. */
export function byVersion(
  a: Pick<MatrixKernel, 'version' | 'release'>,
  b: Pick<MatrixKernel, 'version' | 'release'>,
): number {
  const [first, second] = [parseVersion(a.version), parseVersion(b.version)]
  const order = first === null || second === null ? 0 : compareVersions(first, second)
  // scripts/setlocalversion appends `-00012-g0123456789ab` and `-dirty`, which are in no order.
  const plain = (release: string) => release.replace(/(?:-\d+)?-g[0-9a-f]{7,}|-dirty|\+$/g, '')
  return order || compareTexts(plain(a.release), plain(b.release))
}

function kernelOf(records: readonly GuiseRecord[]): UnnamedKernel {
  const [first] = records.toSorted((a, b) => compareTexts(a.run, b.run))
  if (first === undefined) throw new RangeError('a column without records')
  const { spec, release, version, banner, sha256 } = first.kernel
  return { spec, release, version, banner, sha256, run: first.run }
}

function byScenario(records: readonly GuiseRecord[]): Map<string, GuiseRecord> {
  return new Map(records.map(record => [record.scenario, record]))
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
