import t from 'tap'
import { type Registers, zeroRegisters } from '../../runner/cpuid/leaf.js'
import {
  statedFrequencies,
  toldFrequencies,
  withinHighest,
} from '../../runner/cpuid/tsc-frequency.js'
import { mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import { wholeValue } from '../../runner/cpuid/register-edit.js'

type Leaves = Readonly<Record<number, Partial<Registers>>>

const lookup = (leaves: Leaves) => (leaf: number) => ({ ...zeroRegisters, ...leaves[leaf] })
const told = (leaves: Leaves) =>
  toldFrequencies(lookup(leaves)).map(({ leaf, khz }) => [leaf.toString(16), khz])

t.test('a crystal and its ratio; without the crystal, by the base frequency', t => {
  t.strictSame(told({ 0x15: { eax: 2, ebx: 216, ecx: 24_000_000 } }), [['15', 2_592_000]])
  // Skylake-SP: 25 MHz is not told, and made up from the base frequency.
  t.strictSame(told({ 0x15: { eax: 2, ebx: 0x124 }, 0x16: { eax: 0xdac } }), [
    ['15', 3_499_912],
    ['16', 3_500_000],
  ])
  t.strictSame(told({ 0x15: { eax: 2, ebx: 0x124 } }), [], 'a ratio of nothing')
  for (const registers of [{ eax: 2, ecx: 24e6 }, { ebx: 216, ecx: 24e6 }, { ecx: 24e6 }]) {
    t.strictSame(told({ 0x15: registers }), [], 'half a ratio')
  }
  t.end()
})

t.test('the base frequency in MHz, whatever its reserved bits; the timing leaf in kHz', t => {
  t.strictSame(told({ 0x16: { eax: 0xffff0a28 } }), [['16', 2_600_000]])
  t.strictSame(told({ 0x40000010: { eax: 1_234_567 } }), [['40000010', 1_234_567]])
  t.strictSame(told({}), [])
  t.end()
})

t.test('what lies above the highest leaf of its range tells nothing', t => {
  const leaves = {
    0x0: { eax: 0x15 },
    0x16: { eax: 2600 },
    0x40000000: { eax: 0x4000000f },
    0x40000010: { eax: 1 },
  }
  t.strictSame(toldFrequencies(withinHighest(lookup(leaves))), [])
  const raised = { ...leaves, 0x0: { eax: 0x16 }, 0x40000000: { eax: 0x40000010 } }
  t.strictSame(
    toldFrequencies(withinHighest(lookup(raised))).map(({ khz }) => khz),
    [2_600_000, 1],
  )
  t.end()
})

t.test('edits build on each other; a subleaf of its own tells nothing of the TSC', t => {
  const edit = (leaf: number, registers: Partial<Registers>, subleaf: number | null = null) => ({
    leaf,
    subleaf,
    registers: mapRegisters(name =>
      registers[name] === undefined ? { keep: 0xffffffff, set: 0 } : wholeValue(registers[name]),
    ),
  })
  const ratio = edit(0x15, { eax: 2, ebx: 216, ecx: 0 })
  const crystal = edit(0x15, { ecx: 24_000_000 })
  t.strictSame(statedFrequencies([ratio, crystal]), [{ leaf: 0x15, khz: 2_592_000 }])
  t.strictSame(statedFrequencies([ratio, edit(0x15, { ecx: 24_000_000 }, 1)]), [])
  t.strictSame(statedFrequencies([ratio, crystal, { ...crystal, registers: null }]), [])
  t.end()
})
