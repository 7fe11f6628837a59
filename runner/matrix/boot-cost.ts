import type { GuiseRecord } from '../record/schema.js'
import type { MatrixColumn } from './columns.js'

/** What it costs to boot the kernels of a matrix to the start of init, in instructions from the kernel's beginning. */
export interface BootCost {
  /** The scenarios that are counted: those whose guest came to init on each kernel that has any count, in the same QEMU. */
  readonly scenarios: readonly string[]
  /** The sum of all, a number for each kernel; null for one on which nothing was counted, as on real time. */
  readonly sums: readonly (number | null)[]
  /** The scenarios that one of the kernels made dearer or cheaper than it made all, with a number for each kernel. */
  readonly straying: readonly ScenarioCost[]
}

/** The QEMUs, by their versions, in which the same scenarios were counted: counts of several are not compared. */
export function uncomparedQemus(columns: readonly Pick<MatrixColumn, 'records'>[]): string[] {
  const counted = columns.map(
    ({ records }) => new Map([...records].filter(([, each]) => isCounted(each))),
  )
  const all = [...new Set(counted.flatMap(records => [...records.keys()]))]
  const versions = all.map(scenario => [
    ...new Set(counted.flatMap(records => records.get(scenario)?.qemu.version ?? [])),
  ])
  return [...new Set(versions.filter(({ length }) => length > 1).flat())]
}

/** What it costs to boot the guest of a scenario. */
export interface ScenarioCost {
  readonly scenario: string
  readonly costs: readonly (number | null)[]
}

// A guest does, too, what other scenarios do not have it do: only what differs by more than this from the sum is news.
const strayShare = 0.01

/** Sums up what booting cost; null where nothing was counted. */
export function bootCost(columns: readonly Pick<MatrixColumn, 'records'>[]): BootCost | null {
  const counted = columns.map(({ records }) => [...records.values()].some(isCounted))
  const all = new Set(columns.flatMap(({ records }) => [...records.keys()]))
  const rows = [...all].sort().flatMap(scenario => {
    const records = columns.map(column => column.records.get(scenario))
    const those = records.filter((record, index) => counted[index] && record !== undefined)
    const whole = records.every((record, index) => !counted[index] || isCounted(record))
    const qemus = new Set(those.map(record => record?.qemu.version))
    return whole && qemus.size === 1 ? [{ scenario, costs: records.map(costOf) }] : []
  })
  if (rows.length === 0) return null
  const sums = columns.map((_, index) =>
    counted[index] ? rows.reduce((sum, { costs }) => sum + (costs[index] ?? 0), 0) : null,
  )
  return {
    scenarios: rows.map(({ scenario }) => scenario),
    sums,
    straying: rows.filter(({ costs }) => strays(costs, sums)),
  }
}

function isCounted(record: GuiseRecord | undefined): boolean {
  return costOf(record) !== null
}

function costOf(record: GuiseRecord | undefined): number | null {
  return record?.instructions?.init ?? null
}

/** Whether a kernel changed the cost of a scenario by another share than that of all. */
function strays(costs: readonly (number | null)[], sums: readonly (number | null)[]): boolean {
  return costs.some((cost, index) => {
    const [before, sum, sumBefore] = [
      lastBefore(costs, index),
      sums[index],
      lastBefore(sums, index),
    ]
    if (cost === null || sum == null || before === null || sumBefore === null) return false
    return Math.abs(cost / before - sum / sumBefore) > strayShare
  })
}

/** The nearest number before a place; null where there is none. */
export function lastBefore(numbers: readonly (number | null)[], place: number): number | null {
  return numbers.slice(0, place).findLast(number => number !== null) ?? null
}
