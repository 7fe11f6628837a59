import { modelVendor } from '../cpuid/model-vendor.js'
import { decodeVendor } from '../cpuid/signature.js'
import type { Scenario } from '../scenario/scenario.js'
import { type Accelerator, acceleratorFacts } from './accelerator.js'
import type { LeafTable } from './leaf-table.js'

// They have no vendor of their own: that of the CPU that executes them, which TCG takes for AMD's (max_x86_cpu_initfn() in QEMU's
// target/i386/cpu.c), and which of the nested host is AMD's, too (images/nested/README.md). `base` is nobody's.
const ofTheAccelerator = new Set(['max', 'host'])
const nobodys = 'base'

/**
 * The vendor that QEMU is told: the one that is stated, or the own one of the model, which KVM would else replace by that of this
 * machine's CPU (x86_cpu_load_model() in QEMU's target/i386/cpu.c). Null where QEMU is told none.
 */
export function toldVendor({ model, vendor, properties }: Scenario['cpu']): string | null {
  if (typeof properties.vendor === 'string') return properties.vendor
  return vendor ?? modelVendor(model)
}

/**
 * The CPU vendor that the guest is shown; null where it is not known.
 *
 * @param hostVendor - that of this machine's CPU
 */
export function shownVendor(
  { cpu }: Pick<Scenario, 'cpu'>,
  table: LeafTable,
  accelerator: Accelerator,
  hostVendor: string | null,
): string | null {
  const registers = table.edits.find(({ leaf }) => leaf === 0)?.registers
  if (registers?.ebx.keep === 0 && registers.ecx.keep === 0 && registers.edx.keep === 0) {
    const { ebx, ecx, edx } = registers
    return decodeVendor({ eax: 0, ebx: ebx.set, ecx: ecx.set, edx: edx.set })
  }
  const told = toldVendor(cpu)
  if (told !== null || !ofTheAccelerator.has(cpu.model)) return told
  return accelerator === 'kvm' ? hostVendor : 'AuthenticAMD'
}

/** Why the vendor of a scenario's guest would be a matter of the machine that runs it, or null. */
export function strayVendor(
  { cpu }: Pick<Scenario, 'cpu'>,
  accelerator: Accelerator,
): string | null {
  const known = toldVendor(cpu) !== null || ofTheAccelerator.has(cpu.model) || cpu.model === nobodys
  if (known || acceleratorFacts(accelerator).mechanism !== 'kvm') return null
  return `guise does not know the vendor of the CPU model ${cpu.model}, and KVM gives it that of this machine: state cpu.vendor`
}
