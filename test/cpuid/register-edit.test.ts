import t from 'tap'
import { applyEdit, compose, parseRegisterEdit } from '../../runner/cpuid/register-edit.js'

t.test('whole values', t => {
  t.same(parseRegisterEdit(0), { keep: 0, set: 0 })
  t.same(parseRegisterEdit(0xffffffff), { keep: 0, set: 0xffffffff })
  t.equal(parseRegisterEdit(0x100000000), null)
  t.equal(parseRegisterEdit(-1), null)
  t.equal(parseRegisterEdit(1.5), null)
  t.end()
})

t.test('bitmaps: 0 clears, 1 sets, x keeps, what is not reached is kept', t => {
  t.same(parseRegisterEdit('0b0xxx'), { keep: 0xfffffff7, set: 0 })
  t.same(parseRegisterEdit('0b1xx0'), { keep: 0xfffffff6, set: 8 })
  t.same(parseRegisterEdit(`0b1${'x'.repeat(31)}`), { keep: 0x7fffffff, set: 0x80000000 })
  t.same(parseRegisterEdit('0b1111_0000'), { keep: 0xffffff00, set: 0xf0 })
  t.equal(parseRegisterEdit(`0b${'x'.repeat(33)}`), null, 'too long')
  t.equal(parseRegisterEdit('0b'), null, 'empty')
  t.equal(parseRegisterEdit('0b012'), null, 'no such digit')
  t.equal(parseRegisterEdit('0b___'), null, 'nothing but separators')
  t.end()
})

t.test('names of four characters', t => {
  t.same(parseRegisterEdit('Hv#1'), { keep: 0, set: 0x31237648 })
  t.equal(parseRegisterEdit('Hv#'), null)
  t.equal(parseRegisterEdit('Hv#12'), null)
  t.equal(parseRegisterEdit('1000'), null, 'a number in quotes is a slip')
  for (const slip of ['0x60', '0o17', '0b12', '0X60', '0O17', '0B12', '0000']) {
    t.equal(parseRegisterEdit(slip), null, `so is ${slip}`)
  }
  t.same(parseRegisterEdit('12ab'), { keep: 0, set: 0x62613231 }, 'letters behind digits are none')
  t.same(parseRegisterEdit(' ~0x'), { keep: 0, set: 0x78307e20 }, 'from a blank to a tilde')
  for (const other of ['Hv\x7f1', 'Hv\x1f1', 'H\u00fc#1']) {
    t.equal(parseRegisterEdit(other), null, 'and no other characters')
  }
  t.end()
})

t.test('composing is applying one after the other', t => {
  const edits = ['0b1xx0', '0b0x1x', 'Hv#1', 0x12345678].map(parseRegisterEdit)
  for (const first of edits) {
    for (const second of edits) {
      if (first === null || second === null) throw new Error('the edits above are good')
      for (const value of [0, 0xffffffff, 0xa5a5a5a5]) {
        const expected = applyEdit(second, applyEdit(first, value))
        t.equal(applyEdit(compose(first, second), value), expected)
      }
    }
  }
  t.end()
})

t.test('a value of the vCPU, of which a later bitmap keeps or takes bits', t => {
  const id = parseRegisterEdit('x2apic-id')
  const bitmap = parseRegisterEdit('0b1x0')
  if (id === null || bitmap === null) throw new Error('the edits above are good')
  t.equal(applyEdit(id, 0xffffffff, 0x1234), 0x1234)
  for (const value of [0, 0xffffffff, 0xa5a5a5a5]) {
    t.equal(applyEdit(compose(id, bitmap), 7, value), applyEdit(bitmap, value))
    t.equal(applyEdit(compose(bitmap, id), 7, value), value)
  }
  const shifted = {
    keep: 0,
    set: 0x100,
    follow: { value: 'x2apic-id', shift: 1, mask: 0xff },
  } as const
  t.equal(applyEdit(shifted, 0, 0x123), 0x191)
  t.equal(parseRegisterEdit('x3apic-id'), null)
  t.end()
})
