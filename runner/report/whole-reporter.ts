import type { GuiseRecord } from '../record/schema.js'
import type { NotRun, RecordDetails, Reporter, RunHeading } from './reporter.js'

/** A record of a run with what only a person wants to see of it. */
export interface Result {
  readonly record: GuiseRecord
  readonly details: RecordDetails
}

/** A run that has ended, or was cut short; what is missing of it, {@link RunHeading.whyMissing} says why. */
export interface WholeRun {
  readonly heading: RunHeading
  /** In the order of the run. */
  readonly results: readonly Result[]
  readonly notRun: readonly NotRun[]
  /** How many guests should have a record, and have none. */
  readonly missing: number
  /** Those of them whose names are known. */
  readonly lost: readonly NotRun[]
}

/** One kernel of a run. */
export interface KernelResults {
  /** Such as `6.1.192 (6.1.0-56-cloud-amd64)`. */
  readonly name: string
  readonly kernel: NotRun['kernel']
  readonly run: string
  readonly results: readonly Result[]
  readonly notRun: readonly NotRun[]
  readonly lost: readonly NotRun[]
}

/** A format that is written at once, when the run has ended: what it says first are counts. */
export function wholeReporter(write: (run: WholeRun) => string): Reporter {
  const begun: { heading: RunHeading | null } = { heading: null }
  const results: Result[] = []
  return {
    begin: heading => {
      begun.heading = heading
      return ''
    },
    record: (record, details) => {
      results.push({ record, details })
      return ''
    },
    end: (_records, _elapsedMs, notRun = [], lost = []) => {
      const { heading } = begun
      if (heading === null) return ''
      const missing = Math.max(0, heading.total - results.length - notRun.length)
      return write({ heading, results, notRun, missing, lost })
    },
  }
}

/** The results of a run by kernel, in the order of the run; two runs of one kernel are two. */
export function byKernel({ results, notRun, lost }: WholeRun): KernelResults[] {
  const groups = new Map<
    string,
    { results: Result[]; notRun: NotRun[]; lost: NotRun[]; first: NotRun }
  >()
  const groupOf = (of: NotRun) => {
    const key = kernelKey(of)
    const found = groups.get(key)
    if (found !== undefined) return found
    const made = { results: [], notRun: [], lost: [], first: of }
    groups.set(key, made)
    return made
  }
  for (const result of results) groupOf(result.record).results.push(result)
  for (const each of notRun) groupOf(each).notRun.push(each)
  for (const each of lost) groupOf(each).lost.push(each)
  return [...groups.values()].map(({ first: { kernel, run }, ...rest }) => ({
    name: kernelName(kernel),
    kernel,
    run,
    ...rest,
  }))
}

/** A kernel in a run: two runs of one kernel differ. */
export function kernelKey({ run, kernel }: Pick<NotRun, 'run' | 'kernel'>): string {
  return `${kernel.sha256} ${run}`
}

/** Such as `6.1.192 (6.1.0-56-cloud-amd64)`. */
export function kernelName({ version, release }: NotRun['kernel']): string {
  return `${version} (${release})`
}
