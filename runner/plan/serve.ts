import { bitName, claimedBits, type Executable, hasBit } from '../cpuid/executable.js'
import { featureLeaves, featureNeeds, xsaveComponents } from '../cpuid/feature-needs.js'
import { type FeatureWord, featureWords } from '../cpuid/feature-words.js'
import { isHypervisorLeaf, type RegisterName, registerNames } from '../cpuid/leaf.js'
import { editsSubleaf, holdsFor, type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { statedBits, wholeValue } from '../cpuid/register-edit.js'
import type { CpuidStep, Scenario } from '../scenario/scenario.js'
import { type LeafTable, leafTable, type TableSource } from './leaf-table.js'
import { clear } from './clear-bits.js'
import { invariantTsc, isOfAmd } from './invariant-tsc.js'
import { withoutHypervisor } from './withhold-hypervisor.js'
import { isMisplaced } from './xsave-places.js'
import { keptSizes, shownComponents } from './xsave-sizes.js'

/** The table that a guest is shown, and what there is to say of it in the accelerator's terms; names are sorted. */
export interface ServedTable {
  readonly table: LeafTable
  /** The features that `serve: able` keeps back, since the accelerator cannot execute them. */
  readonly withheld: readonly string[]
  /** The features that are shown although the accelerator cannot execute them. */
  readonly lacking: readonly string[]
}

/** Whether it matters to a scenario what the accelerator can execute. */
export function asksForFeatures({ steps }: Pick<Scenario, 'steps'>): boolean {
  if (steps.some(isAble)) return true
  const leaves = new Set([...featureWords, ...featureLeaves].map(({ leaf }) => leaf))
  return steps.some(step => editsOf(step).some(({ leaf }) => leaves.has(leaf)))
}

/**
 * Folds a scenario's steps into the table for an accelerator.
 *
 * @param executable - what that can execute; null where it is not known: nothing is withheld, and nothing said to be lacking
 */
export function serveTable(scenario: TableSource, executable: Executable | null): ServedTable {
  if (executable === null) return { table: leafTable(scenario), withheld: [], lacking: [] }
  const withheld = new Set<string>()
  const able = scenario.steps.filter(isAble).flatMap(editsOf)
  const about = { edits: able, denied: deniedFeatures(able, executable), executable }
  const without = (edit: LeafEdit) =>
    isHypervisorLeaf(edit.leaf)
      ? withoutHypervisor(edit, able, executable, withheld)
      : withhold(edit, { ...about, dropped: withheld })
  const steps = scenario.steps.map((step): CpuidStep => {
    if (!isAble(step)) return step
    if (step.kind === 'edit') return { ...step, edit: without(step.edit) }
    return step.kind === 'leaf' ? { ...step, edits: step.edits.map(without) } : step
  })
  const table = leafTable({ ...scenario, steps })
  const lacking = new Set<string>()
  const denied = deniedFeatures(table.edits, executable)
  for (const edit of table.edits)
    withhold(edit, { edits: table.edits, denied, executable, dropped: lacking })
  return { table, withheld: [...withheld].sort(), lacking: [...lacking].sort() }
}

/** Whether a step keeps back what the accelerator cannot execute. */
export function isAble(step: CpuidStep): boolean {
  return step.kind !== 'remove' && step.serve === 'able'
}

function editsOf(step: CpuidStep): readonly LeafEdit[] {
  if (step.kind === 'remove') return []
  return step.kind === 'edit' ? [step.edit] : step.edits
}

/** The named features that cannot be shown, those among them that need another one which cannot. */
function deniedFeatures(edits: readonly LeafEdit[], executable: Executable): Set<string> {
  const denied = new Set<string>()
  for (const { names, ...word } of featureWords) {
    const served = executable.read(word.leaf, word.subleaf, word.register)
    names.forEach((name, bit) => {
      const needless = hasBit(claimedBits({ names, ...word }), bit)
      if (name !== null && !needless && !hasBit(served, bit)) denied.add(name)
    })
  }
  for (const [bit, feature] of xsaveComponents) {
    if (isMisplaced(bit, edits, executable)) denied.add(feature)
  }
  if (isOfAmd(edits) && !executable.has(invariantTsc)) denied.add(invariantTsc)
  for (let size = -1; size !== denied.size;) {
    size = denied.size
    for (const [feature, need] of featureNeeds) if (denied.has(need)) denied.add(feature)
  }
  return denied
}

/** What is known when edits are looked at. */
interface Withholding {
  /** All the edits that are looked at together. */
  readonly edits: readonly LeafEdit[]
  readonly denied: ReadonlySet<string>
  readonly executable: Executable
  /** Takes the names of what is kept back. */
  readonly dropped: Set<string>
}

/** The edit without what is denied. */
function withhold(edit: LeafEdit, about: Withholding): LeafEdit {
  const { registers } = edit
  if (registers === null) return edit
  const { denied, executable, dropped } = about
  const owner = featureLeaves.find(({ leaf }) => leaf === edit.leaf)
  const isLost = owner?.features.every(name => denied.has(name) || !executable.has(name)) === true
  const words = featureWords.filter(word => word.leaf === edit.leaf && editsWord(edit, word))
  const isOwnWord = ({ names }: FeatureWord) => owner?.features.some(name => names.includes(name))
  if (isLost && !words.some(isOwnWord)) {
    const isTold = registerNames.some(name => registers[name].set !== 0)
    const [feature = ''] = owner.features
    if (isTold) dropped.add(feature)
    return isTold ? { ...edit, registers: mapRegisters(() => wholeValue(0)) } : edit
  }
  const kept = words.reduce((before, word) => withoutBits(before, word, about), edit)
  // Of a leaf whose own word says that none of it is there, the rest means nothing.
  if (isLost) return { ...kept, registers: mapRegisters(() => wholeValue(0)) }
  return edit.leaf === 0xd ? withoutComponents(kept, about) : kept
}

/** An edit for every subleaf is one for the word of subleaf 0. */
function editsWord(edit: LeafEdit, { subleaf }: Pick<FeatureWord, 'subleaf'>): boolean {
  return edit.subleaf === null ? subleaf === 0 : editsSubleaf(edit, subleaf)
}

function withoutBits(edit: LeafEdit, word: FeatureWord, about: Withholding): LeafEdit {
  const { denied, executable, dropped } = about
  const served = executable.read(word.leaf, word.subleaf, word.register)
  const claimed = claimedBits(word)
  return clear(edit, word.register, bit => {
    const name = word.names[bit]
    const isDenied = name == null ? !hasBit(served, bit) : denied.has(name)
    if (!isDenied || (hasBit(claimed, bit) && name !== invariantTsc)) return false
    dropped.add(bitName(word, bit))
    return true
  })
}

/** Leaf 0xd without the components of XSAVE that hang on what is denied, and with the sizes that are left. */
function withoutComponents(edit: LeafEdit, about: Withholding): LeafEdit {
  const { denied, executable, dropped } = about
  // Of each vCPU that differs, those that go with this one.
  const edits = about.edits.filter(({ cpus }) => holdsFor(edit, cpus?.[0] ?? edit.cpus?.[0] ?? 0))
  const isDenied = (bit: number) => {
    if (bit < 2) return false
    const feature = xsaveComponents.get(bit)
    return executable.component(bit) === null || (feature !== undefined && denied.has(feature))
  }
  const drop = (bit: number) => {
    if (isDenied(bit)) dropped.add(xsaveComponents.get(bit) ?? `xsave component ${bit}`)
    return isDenied(bit)
  }
  const subleaf = edit.subleaf ?? 0
  if (subleaf > 1) {
    return isDenied(subleaf) ? { ...edit, registers: mapRegisters(() => wholeValue(0)) } : edit
  }
  const [low, high] = subleaf === 0 ? (['eax', 'edx'] as const) : (['ecx', 'edx'] as const)
  const kept = clear(clear(edit, low, drop), high, bit => drop(bit + 32))
  const { user, supervisor } = shownComponents(edits)
  const sizes = keptSizes(edits, executable, isDenied)
  if (subleaf === 0) {
    if (!user.some(isDenied)) return kept
    return resized(kept, { ebx: sizes.standard, ecx: sizes.standard })
  }
  const compacts = kept.registers !== null && (kept.registers.eax.set & xsavecOrXsaves) !== 0
  if (compacts && ![...user, ...supervisor].some(isDenied)) return kept
  return resized(kept, { ebx: compacts ? sizes.compacted : 0 })
}

const xsavecOrXsaves = 0b1010

/** The edit with other values in those registers that it states whole. */
function resized(edit: LeafEdit, values: Partial<Record<RegisterName, number>>): LeafEdit {
  const { registers } = edit
  if (registers === null) return edit
  return {
    ...edit,
    registers: mapRegisters(name => {
      const value = values[name]
      return value === undefined || statedBits(registers[name]) !== 0xffffffff
        ? registers[name]
        : wholeValue(value)
    }),
  }
}
