import { hypervisorFirst, type Registers, zeroRegisters } from '../cpuid/leaf.js'
import { type LeafEdit, mapRegisters } from '../cpuid/leaf-edit.js'
import { wholeValue } from '../cpuid/register-edit.js'
import { encodeSignature } from '../cpuid/signature.js'
import type { Hypervisor } from './hypervisor.js'

/** The edits that make a guest see a hypervisor at `base`. They set each of its leaves whole. */
export function blockEdits(
  { signature, block: { highest, leaves = {} } }: Pick<Hypervisor, 'signature' | 'block'>,
  base: number = hypervisorFirst,
): LeafEdit[] {
  const first = { eax: base + highest, ...encodeSignature(signature) }
  const edit = (leaf: number, registers: Registers): LeafEdit => ({
    leaf,
    subleaf: null,
    registers: mapRegisters(register => wholeValue(registers[register])),
  })
  return [
    edit(base, first),
    ...Object.entries(leaves).map(([offset, registers]) =>
      edit(base + Number(offset), { ...zeroRegisters, ...registers }),
    ),
    // A leaf of zeros is set, too: with `hypervisor-leaves: model` QEMU would show its own there.
    ...(1 in leaves ? [] : [edit(base + 1, zeroRegisters)]),
  ]
}
