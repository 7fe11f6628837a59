import { rangesOf } from '../cpuid/cpu-list.js'
import { hex32, registerNames } from '../cpuid/leaf.js'
import type { LeafEdit } from '../cpuid/leaf-edit.js'
import type { OverrideMechanism } from './accelerator.js'
import type { RegisterEdit } from '../cpuid/register-edit.js'
import type { LeafTable } from './leaf-table.js'

/** Writes a leaf table as the preloaded object reads it; the format is runner/native/README.md's. */
export function formatOverrideTable(table: LeafTable, mechanism: OverrideMechanism): string {
  const lines = [
    `guise-cpuid 2 ${mechanism}`,
    ...table.absent.map(
      range => `absent ${hex32(range.first)} ${hex32(range.last)} ${formatCpus(range)}`,
    ),
    ...table.edits.map(formatEdit),
  ]
  return `${lines.join('\n')}\n`
}

function formatEdit(edit: LeafEdit): string {
  const { leaf, subleaf, registers } = edit
  const place = `${hex32(leaf)} ${subleaf === null ? '-' : hex32(subleaf)} ${formatCpus(edit)}`
  if (registers === null) return `remove ${place}`
  const edits = registerNames.map(
    name => `${hex32(registers[name].keep)} ${formatSet(registers[name])}`,
  )
  return `leaf ${place} ${edits.join(' ')}`
}

function formatSet({ set, follow }: RegisterEdit): string {
  if (follow === undefined) return hex32(set)
  const { value, shift = 0, mask } = follow
  return `${hex32(set)}+${value}${shift === 0 ? '' : `>>${hex(shift)}`}&${hex32(mask)}`
}

/** `-` for every vCPU, else such as `0x0,0x4-0x7`. */
function formatCpus({ cpus }: Pick<LeafEdit, 'cpus'>): string {
  if (cpus === undefined) return '-'
  return rangesOf(cpus)
    .map(({ first, last }) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`))
    .join(',')
}

function hex(number: number): string {
  return `0x${number.toString(16)}`
}
