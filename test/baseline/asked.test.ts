import t from 'tap'
import { askedFacts } from '../../runner/baseline/asked.js'
import { differencesBetween } from '../../runner/baseline/difference.js'
import { formatFact } from '../../runner/baseline/fact.js'
import { differenceLines } from '../../runner/baseline/text.js'
import { encodeSignature } from '../../runner/cpuid/signature.js'
import type { LeafEdit } from '../../runner/cpuid/leaf-edit.js'
import { mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import type { Registers } from '../../runner/cpuid/leaf.js'
import { type RegisterEdit, untouched, wholeValue } from '../../runner/cpuid/register-edit.js'
import { encodeAsked } from '../../runner/record/cpuid.js'

function edit(
  leaf: number,
  registers: Partial<Record<keyof Registers, RegisterEdit>> | null,
  more: Partial<LeafEdit> = {},
): LeafEdit {
  return {
    leaf,
    subleaf: null,
    ...more,
    registers: registers && mapRegisters(name => registers[name] ?? untouched),
  }
}

const facts = (...edits: LeafEdit[]) => askedFacts(edits.map(encodeAsked))

const { ebx, ecx, edx } = encodeSignature('KVMKVMKVM')
const base = edit(0x40000000, {
  eax: wholeValue(0x40000001),
  ebx: wholeValue(ebx),
  ecx: wholeValue(ecx),
  edx: wholeValue(edx),
})

t.test('each leaf is a fact, with what is asked for of it', t => {
  t.same(
    facts(
      edit(7, { ebx: { keep: 0xfffffff7, set: 8 } }, { subleaf: 0 }),
      edit(1, { ecx: wholeValue(0) }),
      edit(1, { ecx: { keep: 0x7fffffff, set: 0x80000000 } }),
      edit(0x1a, { eax: wholeValue(0x20000001) }, { cpus: [1, 3] }),
      edit(0x80000007, null),
      edit(0xd, {}),
    ).map(formatFact),
    [
      'asked 0x00000007.0: ebx=0bxxxxxxxxxxxxxxxxxxxxxxxxxxxx1xxx',
      'asked 0x00000001: ecx=0x80000000',
      'asked 0x0000001a on CPUs 1, 3: eax=0x20000001',
      'asked 0x80000007: absent',
    ],
  )
  t.end()
})

t.test('a bit that is flipped is named', t => {
  const lines = (before: LeafEdit, now: LeafEdit) =>
    differenceLines(differencesBetween(facts(base, before), facts(base, now)))
  const features = (value: number) => edit(0x40000001, { eax: wholeValue(value) })
  t.same(lines(features(0x01000089), features(0x010000a9)), [
    '- asked 0x40000001: eax=0x01000089',
    '+ asked 0x40000001: eax=0x010000a9',
    '  eax bit 5 (STEAL_TIME): clear -> set',
  ])
  const smep = (set: number) => edit(7, { ebx: { keep: 0xffffff7f, set } }, { subleaf: 0 })
  t.equal(lines(smep(0x80), smep(0)).at(-1), '  ebx bit 7 (smep): set -> clear')
  t.equal(
    lines(smep(0), edit(7, {}, { subleaf: 0 })).at(-1),
    "  ebx bit 7 (smep): clear -> the model's",
  )
  t.equal(lines(features(0), features(0x00080000)).at(-1), '  eax bit 19: clear -> set')
  t.equal(
    lines(features(0), features(0xffffffff)).length,
    2,
    'another value, and no change of bits',
  )
  t.end()
})
