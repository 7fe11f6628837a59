import t from 'tap'
import { untouched, wholeValue } from '../../runner/cpuid/register-edit.js'
import { decodeAsked, decodeSeen, encodeAsked, encodeSeen } from '../../runner/record/cpuid.js'

t.test(
  'an edit is digits, or bits where part of a digit is asked for, with an x for what is not',
  t => {
    const edit = {
      leaf: 0x40000003,
      subleaf: null,
      registers: {
        eax: wholeValue(0x80000060),
        ebx: untouched,
        ecx: { keep: 0x00000f01, set: 0x00000010 },
        edx: wholeValue(0),
      },
    }
    const asked = encodeAsked(edit)
    t.same(asked, {
      leaf: '0x40000003',
      subleaf: null,
      registers: {
        eax: '0x80000060',
        ebx: '0xxxxxxxxx',
        ecx: '0b00000000000000000000xxxx0001000x',
        edx: '0x00000000',
      },
    })
    t.same(decodeAsked(asked), edit)
    const nibbles = { ...edit, registers: { ...edit.registers, ecx: { keep: 0xf0f, set: 0x10 } } }
    t.equal(encodeAsked(nibbles).registers?.ecx, '0x00000x1x')
    t.same(decodeAsked(encodeAsked(nibbles)), nibbles)
    t.same(encodeAsked(decodeAsked(asked)), asked)
    const removed = { leaf: 0xd, subleaf: 1, registers: null }
    t.same(encodeAsked(removed), { leaf: '0x0000000d', subleaf: 1, registers: null })
    t.same(decodeAsked(encodeAsked(removed)), removed)
    t.end()
  },
)

t.test('what a guest saw comes back as it was, without hypervisor leaves that are absent', t => {
  const zero = { eax: 0, ebx: 0, ecx: 0, edx: 0 }
  const seen = { eax: 0xffffffff, ebx: 1, ecx: 0x80000000, edx: 0 }
  const there = [
    { leaf: 0, subleaf: 0, registers: zero },
    { leaf: 0x40000000, subleaf: 0, registers: seen },
    { leaf: 0x8000001e, subleaf: 2, registers: seen },
  ]
  const absent = { leaf: 0x40000001, subleaf: 0, registers: zero }
  t.same(decodeSeen(encodeSeen({ cpu: 1, leaves: [...there, absent] })), { cpu: 1, leaves: there })
  t.same(encodeSeen({ cpu: 0, leaves: there.slice(1, 2) }).leaves, [
    {
      leaf: '0x40000000',
      subleaf: 0,
      eax: '0xffffffff',
      ebx: '0x00000001',
      ecx: '0x80000000',
      edx: '0x00000000',
    },
  ])
  t.end()
})
