import { cpusInWords } from '../cpuid/cpu-list.js'
import { followedBy, type LeafEdit, leafName } from '../cpuid/leaf-edit.js'
import { registerNames } from '../cpuid/leaf.js'
import { type AskedLeaf, decodeAsked, encodeAsked } from '../record/cpuid.js'
import type { Fact } from './fact.js'

/**
 * The CPUID that a scenario asks for, a fact for each leaf: `asked 0x40000001: eax=0x01000089`. A bit that no kernel looks at would
 * change nothing else. What is not asked for of a register is `x`; a register of which nothing is asked for is left out.
 */
export function askedFacts(asked: readonly AskedLeaf[]): Fact[] {
  const leaves = new Map<string, LeafEdit>()
  for (const edit of asked.map(decodeAsked)) {
    const id = placeOf(edit)
    const before = leaves.get(id)
    leaves.set(id, before === undefined ? edit : followedBy(before, edit))
  }
  return [...leaves].flatMap(([id, edit]) => {
    const value = valueOf(edit)
    return value === '' ? [] : [{ kind: 'asked', id, value }]
  })
}

function placeOf(edit: LeafEdit): string {
  const place = leafName(edit)
  return edit.cpus === undefined ? place : `${place} on ${cpusInWords(edit.cpus)}`
}

function valueOf(edit: LeafEdit): string {
  const { registers } = encodeAsked(edit)
  if (registers === null) return 'absent'
  return registerNames
    .map(name => ({ name, value: registers[name] }))
    .filter(({ value }) => !/^0[bx]x+$/.test(value))
    .map(({ name, value }) => `${name}=${value}`)
    .join(' ')
}
