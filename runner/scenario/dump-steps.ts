import type { CpuDump, LeafValue } from '../cpuid/leaf.js'
import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { followingValue, wholeValue } from '../cpuid/register-edit.js'
import { hasSubleaves } from '../cpuid/subleaves.js'
import { dumpedRegister, showsApicIdInAll } from '../cpuid/vcpu-registers.js'
import type { CpuidStep, Serve } from './scenario.js'

/** Which part of a dump goes where. */
export interface DumpPlace {
  /** The first and the last leaf taken. */
  readonly range: readonly [first: number, last: number]
  /** The vCPUs that are given it; undefined: every one. */
  readonly cpus: readonly number[] | undefined
  /** How many vCPUs the guest has. */
  readonly guestCpus: number
}

/**
 * What a dump does to the leaves. Each vCPU is given the section of its own number, or else the last before it, or else the first; of
 * each leaf it is given the subleaves that the section has and no others.
 */
export function dumpSteps(
  sections: readonly CpuDump[],
  place: DumpPlace,
  serve?: Serve,
): CpuidStep[] {
  const sorted = [...sections].sort((a, b) => a.cpu - b.cpu)
  const [first] = sorted
  if (first === undefined) return []
  const cpus = place.cpus ?? Array.from({ length: place.guestCpus }, (_, cpu) => cpu)
  const served = new Map<CpuDump, number[]>()
  for (const cpu of cpus) {
    const section = sorted.findLast(each => each.cpu <= cpu) ?? first
    served.set(section, [...(served.get(section) ?? []), cpu])
  }
  return [...served].flatMap(([section, ofSection]) => {
    const all = ofSection.length === place.guestCpus
    return sectionEdits(section, place.range, all ? undefined : ofSection).map(edits => ({
      kind: 'leaf',
      edits,
      ...(serve && { serve }),
    }))
  })
}

/** The edits for each leaf of a section. */
function sectionEdits(
  { leaves }: CpuDump,
  [first, last]: DumpPlace['range'],
  cpus: readonly number[] | undefined,
): LeafEdit[][] {
  const byLeaf = new Map<number, LeafValue[]>()
  for (const value of leaves) {
    if (value.leaf < first || value.leaf > last) continue
    byLeaf.set(value.leaf, [...(byLeaf.get(value.leaf) ?? []), value])
  }
  const on = cpus === undefined ? {} : { cpus }
  return [...byLeaf.values()].map(values => leafEdits(values).map(edit => ({ ...edit, ...on })))
}

/** The edits for what a section shows of one leaf. */
function leafEdits(values: readonly LeafValue[]): LeafEdit[] {
  const indexed = values.some(({ leaf, subleaf }) => subleaf > 0 || hasSubleaves(leaf))
  const edits = values.map(value => ({
    leaf: value.leaf,
    // A leaf without subleaves reads so whatever ECX is.
    subleaf: indexed ? value.subleaf : null,
    registers: mapRegisters(name => dumpedRegister(value, name)),
  }))
  const [first] = edits
  return indexed && first !== undefined ? [otherSubleaves(first), ...edits] : edits
}

/** What the subleaves read that a section does not have. */
function otherSubleaves({ leaf, registers }: LeafEdit): LeafEdit {
  if (!showsApicIdInAll(leaf) || registers?.edx.follow === undefined) {
    return { leaf, subleaf: null, registers: null }
  }
  return {
    leaf,
    subleaf: null,
    registers: mapRegisters(name => (name === 'edx' ? followingValue('x2apic-id') : wholeValue(0))),
  }
}
