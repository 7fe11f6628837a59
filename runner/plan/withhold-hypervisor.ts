import { type Executable, hasBit } from '../cpuid/executable.js'
import { baseOf, hypervisorFirst, registerNames, type Registers } from '../cpuid/leaf.js'
import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { decodeSignature } from '../cpuid/signature.js'
import type { Hypervisor } from '../hypervisors/hypervisor.js'
import { hypervisors } from '../hypervisors/table.js'
import { clear } from './clear-bits.js'

/**
 * The edit of a hypervisor leaf without what nothing answers: the features that the accelerator's own hypervisor does not show, and
 * all leaves of one whose mere presence kills a kernel. The identity of any other one stays.
 *
 * @param edits - all that are looked at together, that of the base among them
 * @param dropped - takes the names of what is kept back, such as `kvm-clocksource2` or `xen`
 */
export function withoutHypervisor(
  edit: LeafEdit,
  edits: readonly LeafEdit[],
  executable: Executable,
  dropped: Set<string>,
): LeafEdit {
  const base = baseOf(edit.leaf)
  const shown = edits.find(({ leaf }) => leaf === base)?.registers
  const signature = shown ? decodeSignature(mapRegisters(name => shown[name].set)) : ''
  const found: readonly Hypervisor[] = hypervisors
  const hypervisor = found.find(each => each.signature === signature)
  if (hypervisor === undefined) return edit
  if (hypervisor.presence !== undefined) {
    dropped.add(hypervisor.name)
    return { ...edit, registers: null }
  }
  const offset = edit.leaf - base
  const words = hypervisor.bits?.[offset] ?? {}
  return registerNames.reduce((kept, register) => {
    const names = words[register]
    if (names === undefined) return kept
    const served = isServed(signature, executable)
      ? executable.read(hypervisorFirst + offset, 0, register)
      : 0
    return clear(kept, register, bit => {
      if (hasBit(served, bit)) return false
      dropped.add(
        `${hypervisor.name}-${(names[bit] ?? `${offset}.${register}[${bit}]`).toLowerCase()}`,
      )
      return true
    })
  }, edit)
}

function isServed(signature: string, executable: Executable): boolean {
  const registers: Registers = mapRegisters(name => executable.read(hypervisorFirst, 0, name))
  return decodeSignature(registers) === signature
}
