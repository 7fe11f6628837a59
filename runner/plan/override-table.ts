import { hex32, registerNames } from '../cpuid/leaf.js'
import type { LeafEdit } from '../cpuid/leaf-edit.js'
import type { OverrideMechanism } from './accelerator.js'
import type { LeafTable } from './leaf-table.js'

/** Writes a leaf table as the preloaded object reads it; the format is runner/native/README.md's. */
export function formatOverrideTable(table: LeafTable, mechanism: OverrideMechanism): string {
  const lines = [
    `guise-cpuid 1 ${mechanism}`,
    ...table.absent.map(({ first, last }) => `absent ${hex32(first)} ${hex32(last)}`),
    ...table.edits.map(formatEdit),
  ]
  return `${lines.join('\n')}\n`
}

function formatEdit({ leaf, subleaf, registers }: LeafEdit): string {
  const place = `${hex32(leaf)} ${subleaf === null ? '-' : hex32(subleaf)}`
  if (registers === null) return `remove ${place}`
  const edits = registerNames.map(
    name => `${hex32(registers[name].keep)} ${hex32(registers[name].set)}`,
  )
  return `leaf ${place} ${edits.join(' ')}`
}
