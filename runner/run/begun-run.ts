import { InputError } from '../errors.js'
import type { RunManifest } from '../record/run-manifest.js'
import type { Result } from '../report/whole-reporter.js'

/** What is there already of a run that goes on: see `RunOptions.begun`. */
export interface BegunRun {
  readonly manifest: RunManifest
  /** What came of a guest, by its kernel's spec as it stands in `kernels`; undefined: it is still to be run. */
  readonly resultOf: (spec: string, scenario: string) => Result | undefined
}

/**
 * The manifest of a run that goes on: its own, if its guests are still the same.
 *
 * @param fresh - what a run with the same options would say of itself now
 * @throws InputError where a kernel or a scenario is another now: the records would be of two runs
 */
export function takeUp(begun: RunManifest, fresh: RunManifest): RunManifest {
  const now = new Map(fresh.kernels.map(kernel => [kernel.folder, kernel]))
  for (const { folder, spec, sha256 } of begun.kernels) {
    const found = now.get(folder)
    if (found?.sha256 === sha256) continue
    throw new InputError(
      `${spec}: expected the kernel that the run began with (sha256 ${sha256.slice(0, 12)}), got another (${found?.sha256.slice(0, 12) ?? 'of another release'}): a run of it is a new one`,
    )
  }
  for (const scenario of begun.scenarios) {
    const found = fresh.scenarios.find(({ name }) => name === scenario.name)
    if (scenario.digest === undefined || found?.digest === scenario.digest) continue
    throw new InputError(
      `${scenario.file}: ${scenario.name}: expected the scenario that the run began with, got another: it was changed since`,
    )
  }
  return { ...begun, ended: null, notRun: 0 }
}
