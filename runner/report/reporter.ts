import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import type { GuiseRecord } from '../record/schema.js'

/** A QEMU that guests of a run are started in. */
export interface GuestQemu {
  /** Such as `7.2.22`; null for that of a nested host that is not made yet. */
  readonly version: string | null
  /** The suite that it is of, as `--qemu` names it; null for a binary of this machine. */
  readonly suite: string | null
  /** Whether it is that of the nested host. */
  readonly nested: boolean
}

/** What a run is about, told before its first guest. */
export interface RunHeading {
  /** The kernels, as one line each. */
  readonly kernels: readonly string[]
  readonly qemus: readonly GuestQemu[]
  readonly accelerator: AcceleratorChoice
  /** How many guests run at a time, and why so many; null where they are over. */
  readonly jobs: { readonly count: number; readonly why: string } | null
  /** How many records will come. */
  readonly total: number
  /** The folder that the records and consoles are kept in. */
  readonly output: string
  /** null where runs of several times are told together. */
  readonly started: Date | null
  /** Of runs that are over: why guests have no record; without it a run that ends early was cut short. */
  readonly whyMissing?: string
}

/** A record and what only a person wants to see of it. */
export interface RecordDetails {
  /** The last lines of the console, printable. */
  readonly consoleTail: readonly string[]
  /** What the stored baseline says, where there is one that differs. */
  readonly baseline?: string | null
}

/** A guest that `--fail-fast` left out. */
export interface NotRun {
  readonly scenario: string
  readonly run: string
  readonly kernel: Pick<GuiseRecord['kernel'], 'version' | 'release' | 'sha256'>
}

/** One output format: it turns what comes of a run into text for stdout. */
export interface Reporter {
  readonly begin: (heading: RunHeading) => string
  /** Called once for each record, in the order of the scenarios. */
  readonly record: (record: GuiseRecord, details: RecordDetails) => string
  /**
   * Called at the end, with all records that came; fewer than the total where the run was interrupted, or stopped after a failure.
   *
   * @param elapsedMs - the time that it took
   * @param notRun - the guests that were left out on purpose, in their order behind those of the records
   * @param lost - guests that should have a record and have none, as far as their names are known
   */
  readonly end: (
    records: readonly GuiseRecord[],
    elapsedMs?: number,
    notRun?: readonly NotRun[],
    lost?: readonly NotRun[],
  ) => string
}

/** A line that names the QEMUs of a run, where any is known. */
export function qemuLine(qemus: readonly GuestQemu[]): string[] {
  return qemus.length === 0 ? [] : [`QEMU ${formatQemus(qemus)}`]
}

/** Why guests of a run have no record. */
export function whyMissing(heading: Pick<RunHeading, 'whyMissing'>): string {
  return heading.whyMissing ?? 'the run was cut short'
}

/** `7.2.22, 10.0.13 of debian:trixie, and 10.0.13 in the nested host`. */
export function formatQemus(qemus: readonly GuestQemu[]): string {
  const named = qemus.map(({ version, suite, nested }) => {
    if (nested) return `${version ?? 'Debian’s'} in the nested host`
    return `${version ?? ''}${suite === null ? '' : ` of ${suite}`}`
  })
  return [named.slice(0, -1).join(', '), ...named.slice(-1)]
    .filter(text => text !== '')
    .join(', and ')
}
