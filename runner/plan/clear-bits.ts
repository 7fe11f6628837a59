import { hasBit } from '../cpuid/executable.js'
import type { RegisterName } from '../cpuid/leaf.js'
import type { LeafEdit } from '../cpuid/leaf-edit.js'

/** The edit without the bits of a register that it sets and that are to be cleared. */
export function clear(
  edit: LeafEdit,
  register: RegisterName,
  isCleared: (bit: number) => boolean,
): LeafEdit {
  const { registers } = edit
  if (registers === null) return edit
  const { set } = registers[register]
  let left = set
  for (let bit = 0; bit < 32; bit++) {
    if (hasBit(set, bit) && isCleared(bit)) left = (left & ~(1 << bit)) >>> 0
  }
  return { ...edit, registers: { ...registers, [register]: { ...registers[register], set: left } } }
}
