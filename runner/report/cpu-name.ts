import { registerNames, type Registers } from '../cpuid/leaf.js'
import { decodeVendor } from '../cpuid/signature.js'
import type { LeafLookup } from '../hypervisors/facts.js'
import { printable } from '../terminal/printable.js'

/** What a CPU calls itself: its brand, or else its vendor. */
export function cpuName(leaf: LeafLookup): string {
  const brand = brandOf(leaf)
  if (brand !== '') return brand
  const vendor = printable(decodeVendor(leaf(0)))
  return vendor === '' ? 'a CPU' : `a CPU of ${vendor}`
}

/** `family 6, model 60, stepping 3`, as Linux counts them (x86_family() and x86_model() of arch/x86/lib/cpu.c). */
export function cpuVersion(leaf: LeafLookup): string {
  const { eax } = leaf(1)
  const base = (eax >>> 8) & 0xf
  const family = base === 0xf ? base + ((eax >>> 20) & 0xff) : base
  const model = ((eax >>> 4) & 0xf) + (family >= 6 ? ((eax >>> 16) & 0xf) << 4 : 0)
  return `family ${family}, model ${model}, stepping ${eax & 0xf}`
}

/** The brand that 0x80000002-0x80000004 spell; empty without one. */
function brandOf(leaf: LeafLookup): string {
  return nameIn([2, 3, 4].map(n => leaf(0x80000000 + n)))
}

/** The text that leaves of a CPU's name spell, on one line and printable. */
export function nameIn(leaves: readonly Registers[]): string {
  const bytes = Buffer.alloc(16 * leaves.length)
  const values = leaves.flatMap(registers => registerNames.map(name => registers[name]))
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4))
  const [text = ''] = bytes.toString('latin1').split('\0')
  return printable(text.replace(/\s+/g, ' ').trim())
}
