import { hypervisorFirst, hypervisorLast } from '../cpuid/leaf.js'
import { followedBy, holdsFor, type LeafEdit } from '../cpuid/leaf-edit.js'
import type { CpuidStep, Scenario } from '../scenario/scenario.js'

/** A range of leaves, both ends in it. */
export interface LeafRange {
  readonly first: number
  readonly last: number
}

/** A range of leaves that vCPUs do not have. */
export interface AbsentRange extends LeafRange {
  /** The vCPUs, ascending; undefined: every one. */
  readonly cpus?: readonly number[] | undefined
}

/**
 * What a guest's CPUID is to answer, whatever the accelerator. A leaf with an edit of its own starts from the CPU
 * model's value, or from zero within an absent range; any other leaf of such a range reads as absent.
 */
export interface LeafTable {
  readonly absent: readonly AbsentRange[]
  /**
   * At most one for each leaf, subleaf and vCPU, sorted by leaf and subleaf; one with a subleaf stands for all that its leaf says
   * of it on the vCPUs that it names.
   */
  readonly edits: readonly LeafEdit[]
}

/** What a table is made from. */
export type TableSource = Pick<Scenario, 'hypervisorLeaves' | 'steps'> & {
  readonly machine: Pick<Scenario['machine'], 'cpus'>
}

/** Folds a scenario's steps, in their order, into one table. */
export function leafTable(scenario: TableSource): LeafTable {
  const { steps, machine } = scenario
  const differ = steps.some(step => (step.kind !== 'leaf' ? cpusOf(step) : step.edits.some(cpusOf)))
  if (!differ) return tableOf(scenario, null)
  const cpus = Array.from({ length: machine.cpus }, (_, cpu) => cpu)
  const tables = cpus.map(cpu => tableOf(scenario, cpu))
  return {
    absent: joined(tables.map(({ absent }) => absent)),
    edits: joined(tables.map(({ edits }) => edits)).sort(inOrder),
  }
}

/** Whether a table changes anything. */
export function isEmptyTable(table: LeafTable): boolean {
  return table.absent.length === 0 && table.edits.length === 0
}

/** What a table says of one vCPU. */
export function tableOfCpu({ absent, edits }: LeafTable, cpu: number): LeafTable {
  const here = (part: { readonly cpus?: readonly number[] | undefined }) => holdsFor(part, cpu)
  return { absent: absent.filter(here), edits: edits.filter(here) }
}

function cpusOf(
  step: Exclude<CpuidStep, { kind: 'leaf' }> | LeafEdit,
): readonly number[] | undefined {
  return 'edit' in step ? step.edit.cpus : step.cpus
}

/** What each vCPU has of its own, in order: each part once, with the vCPUs that have it, or without where all have. */
function joined<T extends { readonly cpus?: readonly number[] | undefined }>(
  perCpu: readonly (readonly T[])[],
): T[] {
  const parts = new Map<string, { part: T; cpus: number[] }>()
  perCpu.forEach((ofCpu, cpu) => {
    for (const part of ofCpu) {
      const key = JSON.stringify(part)
      const known = parts.get(key)
      if (known === undefined) parts.set(key, { part, cpus: [cpu] })
      else known.cpus.push(cpu)
    }
  })
  return [...parts.values()].map(({ part, cpus }) =>
    cpus.length === perCpu.length ? part : { ...part, cpus },
  )
}

function inOrder(a: LeafEdit, b: LeafEdit): number {
  return (
    a.leaf - b.leaf ||
    (a.subleaf ?? -1) - (b.subleaf ?? -1) ||
    (a.cpus?.[0] ?? 0) - (b.cpus?.[0] ?? 0)
  )
}

/** The table of one vCPU, or of every one where none differs; none of its parts names vCPUs. */
function tableOf({ hypervisorLeaves, steps }: TableSource, cpu: number | null): LeafTable {
  const absent: LeafRange[] =
    hypervisorLeaves === 'listed' ? [{ first: hypervisorFirst, last: hypervisorLast }] : []
  const edits: EditsByLeaf = new Map()
  const here = (part: { readonly cpus?: readonly number[] | undefined }) =>
    cpu === null || holdsFor(part, cpu)
  for (const step of steps) {
    if (step.kind === 'remove') {
      if (here(step)) applyRemoval(step, edits, absent)
    } else if (step.kind === 'edit') {
      if (here(step.edit)) applyEdit(step.edit, edits)
    } else replaceLeaf(step.edits.filter(here), edits)
  }
  return {
    absent,
    edits: [...edits.values()]
      .flatMap(ofLeaf => [...ofLeaf.values()])
      .map(({ leaf, subleaf, registers }) => ({ leaf, subleaf, registers }))
      .sort(inOrder),
  }
}

/** The edits of each leaf by their subleaf; null for all that are not stated by themselves. */
type EditsByLeaf = Map<number, Map<number | null, LeafEdit>>

function applyRemoval({ first, last }: LeafRange, edits: EditsByLeaf, absent: LeafRange[]): void {
  for (const leaf of edits.keys()) {
    if (leaf >= first && leaf <= last) edits.delete(leaf)
  }
  absent.push({ first, last })
}

function replaceLeaf(ofLeaf: readonly LeafEdit[], edits: EditsByLeaf): void {
  for (const { leaf } of ofLeaf) edits.set(leaf, new Map(ofLeaf.map(edit => [edit.subleaf, edit])))
}

function applyEdit(edit: LeafEdit, edits: EditsByLeaf): void {
  const ofLeaf = edits.get(edit.leaf) ?? new Map<number | null, LeafEdit>()
  edits.set(edit.leaf, ofLeaf)
  if (edit.subleaf === null) {
    // What holds for every subleaf changes those that were stated one by one before, too.
    for (const [subleaf, before] of ofLeaf) ofLeaf.set(subleaf, followedBy(before, edit))
    if (!ofLeaf.has(null)) ofLeaf.set(null, edit)
    return
  }
  const all = ofLeaf.get(null)
  const before = ofLeaf.get(edit.subleaf) ?? (all && { ...all, subleaf: edit.subleaf })
  ofLeaf.set(edit.subleaf, before === undefined ? edit : followedBy(before, edit))
}
