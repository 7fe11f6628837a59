import pc from 'picocolors'
import { groupBy } from '../group-by.js'
import { wrap } from '../report/columns.js'
import { byCpu } from '../matrix/version-wide.js'
import { counted } from '../terminal/counted.js'
import { printable } from '../terminal/printable.js'
import { type Comparison, hasDifferences } from './compare.js'
import { madeWith, summaryOf } from './summary.js'
import { alike, type AlikeScenarios, changeLines } from './words.js'

/** How a comparison is told. */
export interface CompareTextOptions {
  readonly colour: boolean
  /** Columns of the terminal; null where there is none, and nothing is broken. */
  readonly width: number | null
  /** Names what is the same, too. */
  readonly all: boolean
}

/** A comparison as a person reads it: what differs, by scenario, then by interface and fact, with the cause where it is known. */
export function formatComparison(comparison: Comparison, options: CompareTextOptions): string {
  const { colour, width, all } = options
  const colours = pc.createColors(colour)
  const { sides, shared } = madeWith(comparison.sides)
  const groups = alike(comparison.scenarios.filter(hasDifferences))
  const same = comparison.scenarios.filter(each => !hasDifferences(each))
  const names = (list: readonly string[]) =>
    wrap(printable(list.join(', ')).split(/(?<=,) /), width, 2)
  return [
    ...sides.map(({ name, own }) => colours.bold(printable([name, ...own].join('  ')))),
    ...(shared.length > 0 ? [printable(`both: ${shared.join(', ')}`)] : []),
    '',
    ...versionLines(comparison),
    ...groups.flatMap(group => [
      colours.yellow(names(group.names)),
      ...groupLines(group, width),
      '',
    ]),
    ...(all && same.length > 0
      ? [`the same: ${names(same.map(({ scenario }) => scenario))}`, '']
      : []),
    ...uncomparedLines(comparison, names),
    summaryOf(comparison),
    '',
  ].join('\n')
}

function versionLines({ versionChanges }: Comparison): string[] {
  return byCpu(versionChanges).flatMap(({ of, changes }) => [
    `${printable(of)}:`,
    ...changeLines(changes).map(line => `  ${line}`),
    '',
  ])
}

function groupLines(
  { lines, causes, unexplained }: AlikeScenarios,
  width: number | null,
): string[] {
  const told = (text: string) => `  ${wrap(text, width, 4)}`
  // Where no cause is known of anything, that need not be said of each.
  const open = causes.length > 0 ? unexplained : []
  return [
    ...lines.map(told),
    ...causes.map(cause => told(`because: ${cause}`)),
    ...(open.length > 0 ? [told(`no cause is known of: ${open.join('; ')}`)] : []),
  ]
}

function uncomparedLines(
  { uncompared }: Comparison,
  names: (list: readonly string[]) => string,
): string[] {
  if (uncompared.length === 0) return []
  const lines = [...groupBy(uncompared, ({ why }) => why)].map(
    ([why, group]) =>
      `not compared, ${printable(why)}: ${group.length > 6 ? counted(group.length, 'scenario') : names(group.map(({ scenario }) => scenario))}`,
  )
  return [...lines, '']
}
