import { formatChange } from './change.js'
import type { Matrix, MatrixCell } from './matrix.js'

/** A matrix as it is written in JSON: each change is a line. */
export function matrixAsJson(matrix: Matrix) {
  const { kernels, rows, bootCost, uncomparedQemus } = matrix
  return {
    kernels,
    versionChanges: matrix.versionChanges.map(changes =>
      changes.map(change => ({
        change: formatChange(change),
        guests: change.guests,
        vendors: change.vendors,
      })),
    ),
    rows: rows.map(({ scenario, cells }) => ({ scenario, cells: cells.map(cellAsJson) })),
    bootCost,
    uncomparedQemus,
  }
}

function cellAsJson(cell: MatrixCell | null) {
  return (
    cell && {
      ...cell,
      changes: cell.changes && cell.changes.map(formatChange),
      unexplained: cell.unexplained.map(formatChange),
    }
  )
}
