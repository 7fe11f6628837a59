import type { Executable } from '../cpuid/executable.js'
import type { LeafEdit } from '../cpuid/leaf-edit.js'
import { shownComponents } from './xsave-sizes.js'

/**
 * Whether a component of XSAVE is shown at another place, or in another size, than where the accelerator puts it, or at none though leaf
 * 0xd says that it is there, as some dumps have it: it would write where the kernel has other data, and a kernel finds that out and does
 * without XSAVE (Linux arch/x86/kernel/fpu/xstate.c, "misordered xstate").
 */
export function isMisplaced(
  bit: number,
  edits: readonly LeafEdit[],
  executable: Executable,
): boolean {
  const place = executable.component(bit)
  if (place === null) return false
  const ofLeaf = edits.filter(({ leaf }) => leaf === 0xd)
  const shown = ofLeaf.find(({ subleaf }) => subleaf === bit)
  if (shown === undefined) return isOffered(bit, edits) && ofLeaf.some(isRemoval)
  if (shown.registers === null) return isOffered(bit, edits)
  const { eax: size, ebx: offset } = shown.registers
  if (size.keep !== 0 || offset.keep !== 0) return false
  if (size.set === 0) return isOffered(bit, edits)
  return size.set !== place.size || offset.set !== place.offset
}

/** Whether subleaf 0 offers a component of the user's. */
function isOffered(bit: number, edits: readonly LeafEdit[]): boolean {
  return shownComponents(edits).user.includes(bit)
}

/** Whether all that is not stated of a leaf is absent. */
function isRemoval({ subleaf, registers }: LeafEdit): boolean {
  return subleaf === null && registers === null
}
