import { distributionOf } from '../../images/distribution/table.js'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InputError } from '../errors.js'
import { scenariosFolder } from '../paths.js'
import type { GuiseRecord } from '../record/schema.js'
import type { RunManifest } from '../record/run-manifest.js'
import { latestResultsFolder } from '../record/run-history.js'
import { isTrouble } from '../report/summary.js'
import { readRun } from '../record/read-run.js'
import type { GuestOptions } from './run-options.js'

/**
 * The last `guise run`, as it lies on the disk.
 *
 * @throws InputError where there is none
 */
export function lastRun(): { manifest: RunManifest; records: readonly GuiseRecord[] } {
  const folder = latestResultsFolder()
  if (!existsSync(folder))
    throw new InputError('expected a last run, got none: `guise run` makes one')
  return readRun(folder)
}

/**
 * The records of a scenario in the last run, one for each kernel; without a name, those of all that failed.
 *
 * @throws InputError where it has none
 */
export function lastRecords(name: string | undefined): GuiseRecord[] {
  const { records } = lastRun()
  const found = records.filter(record =>
    name === undefined ? isTrouble(record) : record.scenario === name,
  )
  if (found.length > 0) return found
  if (name === undefined)
    throw new InputError('nothing failed in the last run: name a scenario of it')
  const names = [...new Set(records.map(({ scenario }) => scenario))].join(', ')
  throw new InputError(
    `expected a scenario of the last run (${names || 'which has none'}), got \`${name}\``,
  )
}

/** The words and options that repeat what failed in a run; what is given anew takes the place of what was. */
export function failedAgain(
  { manifest, records }: ReturnType<typeof lastRun>,
  given: GuestOptions,
): { words: string[]; options: GuestOptions } {
  const failed = [...records.filter(isTrouble), ...unfinished(manifest, records)]
  const { accelerator, qemu, channel, clock, fullConsole, allowHostFiles, totalMs, jobs } =
    manifest.options
  const words = failed.flatMap(({ scenario, file }) =>
    file === null ? [] : [dirname(file) === scenariosFolder ? scenario : `${file}:${scenario}`],
  )
  const here = (path: string) => (path.includes('/') ? resolve(manifest.cwd, path) : path)
  const options: GuestOptions = {
    kernel: [...new Set(failed.map(({ kernel }) => kernelFrom(manifest.cwd, kernel.spec)))],
    jobs,
    ...(qemu === null ? {} : { qemu: here(qemu) }),
    ...(channel === null ? {} : { channel }),
    ...(clock === null ? {} : { clock }),
    ...(fullConsole ? { fullConsole } : {}),
    ...(allowHostFiles ? { allowHostFiles } : {}),
    ...(totalMs === null ? {} : { timeout: totalMs / 1000 }),
    ...given,
    accel: given.accel === 'auto' ? accelerator : given.accel,
  }
  return { words: [...new Set(words)], options }
}

/** What an interrupted run did not come to: it is still to be done. */
function unfinished(
  { ended, kernels, scenarios, cwd }: RunManifest,
  records: readonly GuiseRecord[],
): (Pick<GuiseRecord, 'scenario' | 'file'> & { kernel: Pick<GuiseRecord['kernel'], 'spec'> })[] {
  if (ended !== null) return []
  return kernels.flatMap(kernel =>
    scenarios
      .filter(
        ({ name }) =>
          !records.some(each => each.scenario === name && each.kernel.sha256 === kernel.sha256),
      )
      .map(({ name, file }) => ({
        scenario: name,
        file: file === '' ? null : resolve(cwd, file),
        kernel,
      })),
  )
}

/** A path is relative to the folder that the run was started in. */
function kernelFrom(cwd: string, spec: string): string {
  return distributionOf(spec) ? spec : resolve(cwd, spec)
}
