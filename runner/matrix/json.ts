import { formatChange } from './change.js'
import type { Matrix, MatrixCell } from './matrix.js'

/** A matrix as it is written in JSON: each change is a line. */
export function matrixAsJson({ kernels, rows, bootCost, uncomparedQemus }: Matrix) {
  return {
    kernels,
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
