import type { GuiseRecord } from '../record/schema.js'
import { type BootCost, bootCost, uncomparedQemus } from './boot-cost.js'
import { type Change, formatChange } from './change.js'
import { type Changes, changesSince, pairOf } from './changes.js'
import { makeColumns, type MatrixKernel } from './columns.js'
import { type VersionChange, versionChanges } from './version-wide.js'

/** Scenarios by kernels, a cell each. */
export interface Matrix {
  /** From the oldest to the newest. */
  readonly kernels: readonly MatrixKernel[]
  /** Of each kernel what is the version's, against the one before: new and gone flags, bugs and what the kernel says of vulnerabilities. */
  readonly versionChanges: readonly (readonly VersionChange[])[]
  /** In the order of their names. */
  readonly rows: readonly MatrixRow[]
  /** Null where no instructions were counted. */
  readonly bootCost: BootCost | null
  /** The versions of QEMU for whose difference instructions are not compared, of some scenarios or all. */
  readonly uncomparedQemus: readonly string[]
}

/** A row of a matrix. */
export interface MatrixRow {
  readonly scenario: string
  /** A cell for each kernel; null where that has no record. */
  readonly cells: readonly (MatrixCell | null)[]
}

/** What one kernel made of one scenario, and how that differs from the kernel before it. */
export interface MatrixCell extends Changes {
  readonly verdict: GuiseRecord['verdict']
  readonly accel: GuiseRecord['accel']
  readonly fidelity: GuiseRecord['fidelity']
  readonly outcome: GuiseRecord['outcome']
  readonly diedIn: GuiseRecord['diedIn']
  readonly stuckIn?: GuiseRecord['stuckIn']
  readonly hypervisor: string | null
  readonly clocksource: string | null
  /** The reasons of a verdict; of a skip the one. */
  readonly why: readonly string[]
  /** The commit or rule that the scenario names for this kernel, or null. */
  readonly rule: string | null
  /** Null where none were counted. */
  readonly instructions: NonNullable<GuiseRecord['instructions']> | null
}

/** Puts the records of a run, or of several, into a matrix. */
export function makeMatrix(records: readonly GuiseRecord[]): Matrix {
  const columns = makeColumns(records)
  const scenarios = [...new Set(records.map(({ scenario }) => scenario))].sort()
  const own = scenarios.map(scenario => columns.map(({ records }) => records.get(scenario) ?? null))
  const ofVersions = columns.map((_, index) =>
    versionChanges(
      own
        .map(cells => cells[index] && pairOf(cells.slice(0, index), cells[index]))
        .filter(pair => pair != null),
    ),
  )
  const isOfVersion = ofVersions.map(changes => {
    const lines = new Set(changes.map(formatChange))
    return (change: Change) => lines.has(formatChange(change))
  })
  return {
    kernels: columns.map(({ kernel }) => kernel),
    versionChanges: ofVersions,
    rows: scenarios.map((scenario, row) => ({
      scenario,
      cells: (own[row] ?? []).map(
        (record, index, cells) =>
          record && cellOf(record, cells.slice(0, index), isOfVersion[index]),
      ),
    })),
    bootCost: bootCost(columns),
    uncomparedQemus: uncomparedQemus(columns),
  }
}

function cellOf(
  record: GuiseRecord,
  older: readonly (GuiseRecord | null)[],
  ofVersion: ((change: Change) => boolean) | undefined,
): MatrixCell {
  const { verdict, accel, fidelity, outcome, diedIn, stuckIn, identity, clocksource, why, rule } =
    record
  return {
    verdict,
    accel,
    fidelity,
    outcome,
    diedIn,
    ...(stuckIn == null ? {} : { stuckIn }),
    hypervisor: identity.hypervisor,
    clocksource: clocksource.current,
    why,
    rule,
    instructions: record.instructions ?? null,
    ...changesSince(older, record, ofVersion),
  }
}
