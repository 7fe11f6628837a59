import pc from 'picocolors'
import { printable } from '../report/printable.js'
import { fate } from '../report/summary.js'
import { formatGrowth, formatInstructions } from '../terminal/instructions.js'
import { type BootCost, lastBefore } from './boot-cost.js'
import { formatChange } from './change.js'
import type { MatrixKernel } from './columns.js'
import type { Matrix, MatrixCell } from './matrix.js'
import { versionLines } from './version-text.js'
import { counted } from '../terminal/counted.js'

/**
 * A matrix as a person reads it: a column for each kernel from the oldest on. `=` is what the kernel before came to, in
 * everything that is compared; what differs stands there in full behind `≠`, and below the table each change with its cause.
 */
export function formatMatrix(matrix: Matrix, colour: boolean): string {
  const { kernels, rows, bootCost, uncomparedQemus } = matrix
  const colours = pc.createColors(colour)
  const cells = rows.map(({ cells }) => cells.map(textOf))
  const headings = kernels.map(({ name }) => printable(name))
  const nameWidth = widest(['scenario', ...rows.map(({ scenario }) => scenario)])
  const widths = headings.map((heading, index) =>
    widest([heading, ...cells.map(row => row[index] ?? '')]),
  )
  const line = (name: string, texts: readonly string[]) =>
    [name.padEnd(nameWidth), ...texts.map((text, index) => text.padEnd(widths[index] ?? 0))]
      .join('  ')
      .trimEnd()
  const table = rows.map(({ scenario, cells: own }, index) => {
    const text = line(scenario, cells[index] ?? [])
    const isBad = own.some(cell => cell?.verdict === 'fail' || cell?.verdict === 'error')
    if (isBad) return colours.red(text)
    return own.some(differs) ? colours.yellow(text) : text
  })
  const changes = rows.flatMap(({ scenario, cells: own }) =>
    own.flatMap((cell, index) => explainChange(scenario, kernels[index], cell)),
  )
  const ofVersions = versionLines(matrix)
  const all = rows.flatMap(({ cells: own }) => own).filter(cell => cell !== null)
  const count = (verdict: MatrixCell['verdict']) =>
    all.filter(cell => cell.verdict === verdict).length
  const totals = (['pass', 'fail', 'skip', 'error'] as const).map(name => `${count(name)} ${name}`)
  const differing = all.filter(differs).length
  return [
    colours.bold(line('scenario', headings)),
    ...table,
    '',
    ...changes,
    ...(changes.length > 0 ? [''] : []),
    ...(ofVersions.length > 0 ? [...ofVersions, ''] : []),
    ...(bootCost === null ? [] : costLines(bootCost, headings)),
    ...(uncomparedQemus.length === 0
      ? []
      : [
          `instructions of QEMU ${uncomparedQemus.join(' and ')} are not compared: their firmware and devices differ`,
        ]),
    ...(bootCost === null && uncomparedQemus.length === 0 ? [] : ['']),
    `${counted(rows.length, 'scenario')} on ${counted(kernels.length, 'kernel')}, ${counted(all.length, 'cell')}: ${totals.join(', ')}`,
    `${differing} ${differing === 1 ? 'differs' : 'differ'} from the kernel before, ${all.filter(isUnexplained).length} of them for no cause that is known`,
    '',
  ].join('\n')
}

/** What it costs to boot to init, and the change from kernel to kernel: of all scenarios together, and of those that stray from that. */
function costLines({ scenarios, sums, straying }: BootCost, headings: readonly string[]): string[] {
  const all = scenarios.length === 1 ? (scenarios[0] ?? '') : `all of ${scenarios.length} scenarios`
  const others = scenarios.length === 1 ? [] : straying
  const table = [
    ['instructions to init', ...headings],
    [all, ...sums.map((sum, index) => costText(sum, lastBefore(sums, index)))],
    ...others.map(({ scenario, costs }) => [
      scenario,
      ...costs.map((cost, index) => costText(cost, lastBefore(costs, index))),
    ]),
  ]
  const widths = table[0]?.map((_, column) => widest(table.map(row => row[column] ?? ''))) ?? []
  return table.map(row =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function costText(cost: number | null, before: number | null): string {
  if (cost === null) return '-'
  const growth = before === null ? '' : `, ${formatGrowth(before, cost)}`
  return `${formatInstructions(cost)}${growth}`
}

function differs(cell: MatrixCell | null): boolean {
  return cell?.changes != null && cell.changes.length > 0
}

function isUnexplained({ unexplained }: MatrixCell): boolean {
  return unexplained.length > 0
}

function textOf(cell: MatrixCell | null): string {
  if (cell === null) return '-'
  if (cell.verdict === 'skip' && cell.outcome === null) return 'skip'
  const bad =
    cell.verdict === 'fail' || cell.verdict === 'error' ? `${cell.verdict.toUpperCase()} ` : ''
  if (cell.changes?.length === 0) return `${bad}=`
  const end = cell.outcome === 'reported' ? (cell.clocksource ?? '') : fate(cell)
  const mark = cell.changes === null ? '' : `≠ ${verdictChange(cell)}`
  return printable(`${bad}${mark}${cell.hypervisor ?? 'none'}, ${end}`)
}

function verdictChange({ verdictBefore, verdict }: MatrixCell): string {
  return verdictBefore === null || verdictBefore === verdict
    ? ''
    : `${verdictBefore} -> ${verdict}: `
}

function explainChange(
  scenario: string,
  kernel: MatrixKernel | undefined,
  cell: MatrixCell | null,
): string[] {
  const isBad = cell?.verdict === 'fail' || cell?.verdict === 'error'
  if (cell === null || !(differs(cell) || isBad)) return []
  const lines = [
    // What is new of why it fails follows in full.
    ...(cell.changes ?? [])
      .filter(({ sign, fact }) => !(sign === '+' && fact.kind === 'why'))
      .map(formatChange),
    ...(isBad ? cell.why.map(why => `${cell.verdict}: ${why}`) : []),
    ...cell.causes.map(cause => `because: ${cause}`),
    ...(cell.unexplained.length > 0
      ? [`no cause is known of: ${cell.unexplained.map(formatChange).join(', ')}`]
      : []),
    ...(isBad && cell.rule !== null && !cell.causes.includes(cell.rule)
      ? [`rule: ${cell.rule}`]
      : []),
  ]
  return [
    `${scenario}, from ${printable(kernel?.name ?? '')} on:`,
    ...lines.map(text => `  ${printable(text)}`),
  ]
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length))
}
