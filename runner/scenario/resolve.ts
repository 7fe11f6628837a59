import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { parseCpus } from '../cpuid/cpu-list.js'
import { gotOf } from '../cpuid/dump/describe.js'
import type { DumpNote } from '../cpuid/dump/note.js'
import { parseDump } from '../cpuid/dump/parse.js'
import { type CpuDump, isHypervisorLeaf } from '../cpuid/leaf.js'
import { parseRegisterEdit, untouched } from '../cpuid/register-edit.js'
import { statedFrequencies } from '../cpuid/tsc-frequency.js'
import { encodeSignature, encodeVendor } from '../cpuid/signature.js'
import { blockEdits } from '../hypervisors/block.js'
import { hypervisorOf } from '../hypervisors/table.js'
import { quote } from '../terminal/printable.js'
import { dumpSteps } from './dump-steps.js'
import type { LocatedDocument } from './parse.js'
import { append, type Problem } from './problem.js'
import { defaultModel } from './cpu-schema.js'
import type { CpuidStep, Scenario, Serve } from './scenario.js'
import type { CpuidEntry, ScenarioDocument } from './schema.js'

type LeafEntry = Extract<CpuidEntry, { leaf: number }>
type DumpEntry = Extract<CpuidEntry, { dump: string }>

/** A dump that a scenario names, and what it holds besides leaves. */
export interface NotedDump {
  readonly file: string
  readonly notes: readonly DumpNote[]
}

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
): { scenario: Scenario; problems: Problem[]; notes: NotedDump[] } {
  const { document, file, text } = located
  const problems: Problem[] = []
  const notes: NotedDump[] = []
  const steps = document.cpuid.flatMap((entry, index): CpuidStep[] => {
    const cpus = entry.cpu === undefined ? undefined : (parseCpus(entry.cpu) ?? undefined)
    const missing = cpus?.find(cpu => cpu >= document.machine.cpus)
    if (missing !== undefined) {
      const expected = `vCPUs of the ${document.machine.cpus} that the machine has, counted from 0`
      const place = { ...located.locate(['cpuid', index, 'cpu']), field: `cpuid[${index}].cpu` }
      problems.push({ ...place, expected, got: `${missing}` })
      return []
    }
    const on = cpus === undefined ? {} : { cpus }
    if ('leaf' in entry) return [editStep({ ...leafEdit(entry), ...on }, entry.serve)]
    if ('hypervisor' in entry) {
      const edits = blockEdits(hypervisorOf(entry.hypervisor), entry.base)
      return edits.map(edit => ({ kind: 'edit', edit: { ...edit, ...on } }))
    }
    if ('remove' in entry) {
      return [{ kind: 'remove', first: entry.range[0], last: entry.range[1], ...on }]
    }
    const dump = readSections(entry, isText(entry.dump) ? entry.dump : readDump(entry.dump, file))
    if ('sections' in dump) {
      if (dump.notes.length > 0) notes.push({ file: nameOf(entry, file), notes: dump.notes })
      const range = entry.range ?? ([0, 0xffffffff] as const)
      const place = { range, cpus, guestCpus: document.machine.cpus }
      return dumpSteps(dump.sections, place, serveOf(entry))
    }
    const place = { ...located.locate(['cpuid', index, 'dump']), field: `cpuid[${index}].dump` }
    append(
      problems,
      dump.map(each => ({ ...place, ...each })),
    )
    return []
  })
  const edits = steps.flatMap(step =>
    step.kind === 'edit' ? [step.edit] : step.kind === 'leaf' ? step.edits : [],
  )
  if (document.cpu.tsc === 'told' && statedFrequencies(edits).length === 0) {
    problems.push({
      ...located.locate(['cpu', 'tsc']),
      field: 'cpu.tsc',
      expected: 'a leaf in `cpuid` that tells the frequency: 0x15, 0x16 or 0x40000010',
      got: 'told',
    })
  }
  const hypervisorLeaves = document['hypervisor-leaves'] ?? null
  const cpu = { ...document.cpu, model: document.cpu.model ?? usualModel(document) }
  return { scenario: { ...document, cpu, file, text, hypervisorLeaves, steps }, problems, notes }
}

function editStep(edit: LeafEdit, serve: Serve | undefined): CpuidStep {
  return { kind: 'edit', edit, ...(serve && { serve }) }
}

/** A real machine has features that no accelerator can execute; hypervisor leaves that are asked for by themselves are to be seen. */
function serveOf({ serve, range: [first, last] = [0, 0xffffffff] }: DumpEntry): Serve {
  return serve ?? (isHypervisorLeaf(first) && isHypervisorLeaf(last) ? 'exact' : 'able')
}

/**
 * The CPU model that a scenario runs on if it states none: a named one, or the one that can execute most, if the leaves are a real
 * machine's.
 */
function usualModel({ cpuid }: ScenarioDocument): string {
  const isMachine = cpuid.some(entry => 'dump' in entry && serveOf(entry) === 'able')
  return isMachine ? 'max' : defaultModel
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

/** Whether a dump stands in the scenario itself: no path has a line end. */
function isText(dump: string): boolean {
  return /[\n\r]/.test(dump)
}

function nameOf({ dump }: DumpEntry, file: string): string {
  return isText(dump) ? `${file}: dump` : dump
}

function readSections(
  entry: DumpEntry,
  text: string | Error,
):
  | { sections: readonly CpuDump[]; notes: readonly DumpNote[] }
  | Pick<Problem, 'expected' | 'got'>[] {
  const file = isText(entry.dump) ? 'it' : quote(entry.dump)
  if (text instanceof Error)
    return [{ expected: 'a dump of CPUID', got: `${file} (${text.message})` }]
  const { cpus, problems, notes } = parseDump(text)
  if (problems.length > 0)
    return problems.map(problem => {
      const { expected, line } = problem
      // Of a file that is no dump nothing is shown: a scenario may name any, and what it holds be secret.
      return {
        expected,
        got: `${gotOf(problem)} in ${line === null ? '' : `line ${line} of `}${file}`,
      }
    })
  const [first, last] = entry.range ?? [0, 0xffffffff]
  const sections = cpus.filter(({ leaves }) =>
    leaves.some(({ leaf }) => leaf >= first && leaf <= last),
  )
  if (sections.length === 0)
    return [{ expected: 'a dump with leaves of this range', got: `${file} without` }]
  return { sections, notes }
}
