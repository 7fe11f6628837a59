import { hex32, type RegisterName, registerNames } from './leaf.js'
import { compose, type RegisterEdit, wholeValue } from './register-edit.js'

/** What becomes of one leaf: its four registers edited, or the leaf made absent. */
export interface LeafEdit {
  readonly leaf: number
  /** ECX before the instruction, or null where the edit holds whatever ECX was. */
  readonly subleaf: number | null
  /** The vCPUs that it holds for, as the guest counts them, ascending; undefined: every one. */
  readonly cpus?: readonly number[] | undefined
  /** The edit of each register, or null when the leaf is removed: it reads as absent. */
  readonly registers: Readonly<Record<RegisterName, RegisterEdit>> | null
}

/** What names the place that an edit changes: `0x40000003`, or `0x0000000d.1` with a subleaf. */
export function leafName(place: { leaf: number; subleaf: number | null }): string {
  return place.subleaf === null ? hex32(place.leaf) : `${hex32(place.leaf)}.${place.subleaf}`
}

/** Whether an edit holds for this subleaf of its leaf. */
export function editsSubleaf(edit: LeafEdit, subleaf: number): boolean {
  return edit.subleaf === null || edit.subleaf === subleaf
}

/** Whether what holds for `cpus` holds for this vCPU. */
export function holdsFor({ cpus }: Pick<LeafEdit, 'cpus'>, cpu: number): boolean {
  return cpus === undefined || cpus.includes(cpu)
}

/** The edit of the same place that does `before` and then `after`. After a removal a leaf starts from zero. */
export function followedBy(before: LeafEdit, after: LeafEdit): LeafEdit {
  const registers = after.registers
  if (registers === null) return { ...before, registers }
  return {
    ...before,
    registers: mapRegisters(name =>
      compose(before.registers?.[name] ?? wholeValue(0), registers[name]),
    ),
  }
}

/** Makes a record of the four registers from what `make` gives for each. */
export function mapRegisters<T>(make: (name: RegisterName) => T): Record<RegisterName, T> {
  const [eax, ebx, ecx, edx] = registerNames
  return { eax: make(eax), ebx: make(ebx), ecx: make(ecx), edx: make(edx) }
}
