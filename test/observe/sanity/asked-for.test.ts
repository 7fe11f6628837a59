import t from 'tap'
import { type LeafEdit, mapRegisters } from '../../../runner/cpuid/leaf-edit.js'
import { followingValue, untouched, wholeValue } from '../../../runner/cpuid/register-edit.js'
import { askedFor } from '../../../runner/observe/sanity/asked-for.js'

const edit = (leaf: number, registers: object, cpus?: readonly number[]): LeafEdit => ({
  leaf,
  subleaf: null,
  cpus,
  registers: { ...mapRegisters(() => untouched), ...registers },
})
/** What two vCPUs may have asked for. */
const asked = (...edits: LeafEdit[]) => askedFor({ edits, absent: [] }, 2)

t.test('an APIC id that is stated, and not the one that the vCPU has', t => {
  const edx = wholeValue(4)
  for (const stated of [
    edit(0x1, { ebx: { keep: 0xffffff, set: 4 << 24 } }),
    edit(0x1, { ebx: { keep: 0x7fffffff, set: 0 } }),
    ...[edit(0xb, { edx }), edit(0x1f, { edx }), edit(0x80000026, { edx })],
    edit(0x8000001e, { eax: edx }, [1]),
  ])
    t.match(asked(stated), { apicIds: true, asymmetry: true, leaves: true })
  for (const other of [
    edit(0x1, { ebx: { keep: 0xff00ffff, set: 2 << 16 } }),
    edit(0x1, { ebx: { keep: 0xffffff, set: 0, follow: { value: 'apic-id', mask: 0xff } } }),
    edit(0xb, { edx: followingValue('x2apic-id') }),
    edit(0xb, { eax: wholeValue(1) }),
    { ...edit(0xb, {}), registers: null },
  ])
    t.match(asked(other), { apicIds: false, asymmetry: false, leaves: true })
  t.end()
})

t.test('a topology, or caches, of one vCPU and not of the other', t => {
  const eax = wholeValue(0)
  for (const leaf of [0x1, 0x4, 0xb, 0x80000008, 0x8000001d])
    t.equal(asked(edit(leaf, { eax }, [1])).asymmetry, true)
  t.equal(asked(edit(0x4, { eax })).asymmetry, false, 'the same for each')
  t.equal(asked(edit(0x4, { eax }, [0, 1])).asymmetry, false, 'each by its name')
  t.equal(asked(edit(0x7, { ebx: eax }, [1])).asymmetry, false, 'nothing of topology')
  t.end()
})

t.test('leaves of the CPU’s, and not of a hypervisor alone', t => {
  t.equal(asked().leaves, false)
  t.equal(asked(edit(0x40000000, {})).leaves, false)
  t.equal(askedFor({ edits: [], absent: [{ first: 0xb, last: 0xb }] }, 1).leaves, true)
  t.end()
})
