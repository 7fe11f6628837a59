import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { parseRawDump } from '../cpuid/raw-dump.js'
import { parseRegisterEdit, untouched, wholeValue } from '../cpuid/register-edit.js'
import { encodeSignature, encodeVendor } from '../cpuid/signature.js'
import { blockEdits } from '../hypervisors/block.js'
import { hypervisorOf } from '../hypervisors/table.js'
import { quote } from '../terminal/printable.js'
import type { LocatedDocument } from './parse.js'
import type { Problem } from './problem.js'
import type { CpuidStep, Scenario } from './scenario.js'
import type { CpuidEntry } from './schema.js'

type LeafEntry = Extract<CpuidEntry, { leaf: number }>
type DumpEntry = Extract<CpuidEntry, { dump: string }>

/** Reads the text of a raw dump named in `file`; returns the reason as an Error where it can't. */
export type ReadDump = (dump: string, file: string) => string | Error

/**
 * Completes a scenario document: its register grammar becomes edits, its raw dumps are read.
 *
 * @param readDump - the one thing here that is not pure
 */
export function resolveScenario(
  located: LocatedDocument,
  readDump: ReadDump,
): { scenario: Scenario; problems: Problem[] } {
  const { document, file, text } = located
  const problems: Problem[] = []
  const steps = document.cpuid.flatMap((entry, index): CpuidStep[] => {
    if ('leaf' in entry) return [{ kind: 'edit', edit: leafEdit(entry) }]
    if ('hypervisor' in entry) {
      const edits = blockEdits(hypervisorOf(entry.hypervisor), entry.base)
      return edits.map(edit => ({ kind: 'edit', edit }))
    }
    if ('remove' in entry) return [{ kind: 'remove', first: entry.range[0], last: entry.range[1] }]
    const dump = dumpEdits(entry, readDump(entry.dump, file))
    if ('edits' in dump) return dump.edits.map(edit => ({ kind: 'edit', edit }))
    const field = `cpuid[${index}].dump`
    problems.push({ ...located.locate(['cpuid', index, 'dump']), field, ...dump })
    return []
  })
  const hypervisorLeaves = document['hypervisor-leaves'] ?? null
  return { scenario: { ...document, file, text, hypervisorLeaves, steps }, problems }
}

function leafEdit(entry: LeafEntry): LeafEdit {
  const place = { leaf: entry.leaf, subleaf: entry.subleaf ?? null }
  if (entry.remove === true) return { ...place, registers: null }
  const spelled =
    entry.signature !== undefined
      ? encodeSignature(entry.signature)
      : entry.vendor !== undefined
        ? encodeVendor(entry.vendor)
        : {}
  const values = { ...entry, ...spelled }
  return {
    ...place,
    registers: mapRegisters(name => {
      const value = values[name]
      const edit = value === undefined ? untouched : parseRegisterEdit(value)
      if (edit === null) throw new TypeError(`${name}: the schema let ${String(value)} through`)
      return edit
    }),
  }
}

/** A bad line of a dump; of a file that is none nothing is shown, for a scenario may name any, and what it holds be secret. */
function shownOf(line: string): string {
  return /^\s*(?:0x[\da-f]|CPU)/i.test(line) ? quote(line) : 'another text'
}

function dumpEdits(
  entry: DumpEntry,
  text: string | Error,
): { edits: LeafEdit[] } | Pick<Problem, 'expected' | 'got'> {
  const expected = 'a raw dump in `cpuid -r` form'
  if (text instanceof Error) return { expected, got: `${quote(entry.dump)} (${text.message})` }
  const { cpus, problems } = parseRawDump(text)
  const [bad] = problems
  if (bad !== undefined)
    return { expected, got: `${shownOf(bad.text)} in line ${bad.line} of ${quote(entry.dump)}` }
  const [first, last] = entry.range ?? [0, 0xffffffff]
  const leaves = (cpus[0]?.leaves ?? []).filter(({ leaf }) => leaf >= first && leaf <= last)
  if (leaves.length === 0)
    return { expected: 'a dump with leaves of this range', got: `${quote(entry.dump)} without` }
  const indexed = new Set(leaves.filter(({ subleaf }) => subleaf > 0).map(({ leaf }) => leaf))
  return {
    edits: leaves.map(({ leaf, subleaf, registers }) => ({
      leaf,
      // A leaf that a dump shows once has no subleaves: it reads so whatever ECX is.
      subleaf: indexed.has(leaf) ? subleaf : null,
      registers: mapRegisters(name => wholeValue(registers[name])),
    })),
  }
}
