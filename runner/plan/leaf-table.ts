import { hypervisorFirst, hypervisorLast } from '../cpuid/leaf.js'
import { followedBy, type LeafEdit } from '../cpuid/leaf-edit.js'
import type { CpuidStep, Scenario } from '../scenario/scenario.js'

/** A range of leaves, both ends in it. */
export interface LeafRange {
  readonly first: number
  readonly last: number
}

/**
 * What a guest's CPUID is to answer, whatever the accelerator. A leaf with an edit of its own starts from the CPU
 * model's value, or from zero within an absent range; any other leaf of such a range reads as absent.
 */
export interface LeafTable {
  readonly absent: readonly LeafRange[]
  /** At most one for each leaf and subleaf, sorted; one with a subleaf stands for all that its leaf says of it. */
  readonly edits: readonly LeafEdit[]
}

/** Folds a scenario's steps, in their order, into one table. */
export function leafTable(scenario: Pick<Scenario, 'hypervisorLeaves' | 'steps'>): LeafTable {
  const absent: LeafRange[] =
    scenario.hypervisorLeaves === 'listed' ? [{ first: hypervisorFirst, last: hypervisorLast }] : []
  const edits: EditsByLeaf = new Map()
  for (const step of scenario.steps) applyStep(step, edits, absent)
  return {
    absent,
    edits: [...edits.values()]
      .flatMap(ofLeaf => [...ofLeaf.values()])
      .sort((a, b) => a.leaf - b.leaf || (a.subleaf ?? -1) - (b.subleaf ?? -1)),
  }
}

/** The edits of each leaf by their subleaf; null for all that are not stated by themselves. */
type EditsByLeaf = Map<number, Map<number | null, LeafEdit>>

/** Whether a table changes anything. */
export function isEmptyTable(table: LeafTable): boolean {
  return table.absent.length === 0 && table.edits.length === 0
}

function applyStep(step: CpuidStep, edits: EditsByLeaf, absent: LeafRange[]): void {
  if (step.kind === 'remove') {
    for (const leaf of edits.keys()) {
      if (leaf >= step.first && leaf <= step.last) edits.delete(leaf)
    }
    absent.push({ first: step.first, last: step.last })
    return
  }
  const { edit } = step
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
