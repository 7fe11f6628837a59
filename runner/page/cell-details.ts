import { gzipSync } from 'node:zlib'
import { guestMap } from './guest-map.js'
import { leafName, mapRegisters } from '../cpuid/leaf-edit.js'
import { hex32, registerNames } from '../cpuid/leaf.js'
import { wholeValue } from '../cpuid/register-edit.js'
import { shellQuote } from '../launch/shell-quote.js'
import { formatChange } from '../matrix/change.js'
import type { MatrixCell } from '../matrix/matrix.js'
import { decodeSeen } from '../record/cpuid.js'
import type { GuiseRecord } from '../record/schema.js'
import { decodeLeaf } from '../report/decode-leaf.js'
import { explain } from '../report/explain.js'
import { rerunCommand } from '../report/guise-command.js'
import { printable } from '../terminal/printable.js'

/** A part of what there is to say of a guest: a heading, and lines of text. The map is a picture instead. */
type Section = readonly [heading: string, lines: readonly string[]]

// A console of megabytes is for a file.
const longestConsole = 256 * 1024

/**
 * All that there is to say of a guest, as the page's script reads it: gzip of JSON, in base64. Nearly all of a page is this, and nothing of
 * it is looked at before somebody asks.
 *
 * @param console - the raw bytes, or the end of them; null where there are none
 */
export function packDetails(record: GuiseRecord, cell: MatrixCell, console: Buffer | null): string {
  const sections: Section[] = [
    ...section('What differs from the kernel before', (cell.changes ?? []).map(formatChange)),
    ...section('Why', cell.causes),
    ['The guest’s story', explain(record).trimEnd().split('\n')],
    ...section('CPUID as the guest saw it', leafLines(record)),
    ...section('Interfaces', interfaceLines(record)),
    ...section('Lines of the kernel that tell of detection', record.log),
    ...section('Run it again', [rerunCommand(record) ?? '']),
    ...section('QEMU', record.qemu.argv.length === 0 ? [] : [shellQuote(record.qemu.argv)]),
    ...section('Console', console === null ? [] : consoleLines(console)),
  ]
  const told = sections.map(([heading, lines]) => [heading, lines.map(printable).join('\n')])
  if (record.outcome !== null) told.splice(1, 0, ['Map', guestMap(record), 'svg'])
  return gzipSync(JSON.stringify(told)).toString('base64')
}

function section(heading: string, lines: readonly string[]): Section[] {
  return lines.some(line => line !== '') ? [[heading, lines]] : []
}

function leafLines({ cpuid }: GuiseRecord): string[] {
  const [first] = cpuid.got
  if (first === undefined) return []
  const edits = decodeSeen(first).leaves.map(({ leaf, subleaf, registers }) => ({
    leaf,
    subleaf,
    registers: mapRegisters(name => wholeValue(registers[name])),
    values: registers,
  }))
  const table = { absent: [], edits }
  return edits.flatMap(edit => [
    `${leafName(edit)}  ${registerNames.map(name => `${name}=${hex32(edit.values[name])}`).join(' ')}`,
    ...decodeLeaf(edit, table).map(line => `    ${line}`),
  ])
}

function interfaceLines({ interfaces }: GuiseRecord): string[] {
  return interfaces
    .map(({ id, class: kind, owner, offered, adopted }) =>
      [
        `${id} (${kind}, ${owner})`,
        `    offered: ${offered ?? 'no'}`,
        `    adopted: ${adopted ?? 'no'}`,
      ].join('\n'),
    )
    .flatMap(text => text.split('\n'))
}

function consoleLines(console: Buffer): string[] {
  const text = console.subarray(-longestConsole).toString('utf8').replaceAll('\r', '')
  const cut = console.length > longestConsole ? [`(the last ${longestConsole} bytes)`] : []
  return [...cut, ...text.trimEnd().split('\n')]
}
