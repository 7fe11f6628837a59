import t from 'tap'
import { type LeafEdit, mapRegisters } from '../../runner/cpuid/leaf-edit.js'
import { untouched, wholeValue } from '../../runner/cpuid/register-edit.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { formatOverrideTable } from '../../runner/plan/override-table.js'
import type { CpuidStep } from '../../runner/scenario/scenario.js'

function edit(leaf: number, subleaf: number | null, eax: number): CpuidStep {
  const registers = mapRegisters(name => (name === 'eax' ? wholeValue(eax) : untouched))
  return { kind: 'edit', edit: { leaf, subleaf, registers } }
}

function removal(leaf: number): CpuidStep {
  return { kind: 'edit', edit: { leaf, subleaf: null, registers: null } }
}

function text(hypervisorLeaves: 'listed' | 'model' | null, ...steps: CpuidStep[]): string[] {
  const table = leafTable({ hypervisorLeaves, steps, machine: { cpus: 2 } })
  return formatOverrideTable(table, 'tcg').trimEnd().split('\n').slice(1)
}

const kept = '0xffffffff 0x00000000 0xffffffff 0x00000000 0xffffffff 0x00000000'
const zeroed = '0x00000000 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000'

t.test('listed makes the whole hypervisor range absent, model and nothing do not', t => {
  t.same(text('listed'), ['absent 0x40000000 0x4000ffff -'])
  t.same(text('model'), [])
  t.same(text(null), [])
  t.end()
})

t.test('edits of one place become one, in order, sorted by leaf', t => {
  t.same(text(null, edit(7, null, 1), edit(1, null, 2), edit(7, null, 3)), [
    `leaf 0x00000001 - - 0x00000000 0x00000002 ${kept}`,
    `leaf 0x00000007 - - 0x00000000 0x00000003 ${kept}`,
  ])
  t.end()
})

t.test('after a removal a leaf starts from zero', t => {
  t.same(text(null, removal(7), edit(7, null, 3)), [
    `leaf 0x00000007 - - 0x00000000 0x00000003 ${zeroed}`,
  ])
  t.same(text(null, edit(7, null, 3), removal(7)), ['remove 0x00000007 - -'])
  t.end()
})

t.test('an edit of one subleaf stands beside that of all, and takes over what came before', t => {
  const ebx: LeafEdit = {
    leaf: 4,
    subleaf: 1,
    registers: mapRegisters(name => (name === 'ebx' ? wholeValue(9) : untouched)),
  }
  t.same(text(null, edit(4, null, 5), { kind: 'edit', edit: ebx }), [
    `leaf 0x00000004 - - 0x00000000 0x00000005 ${kept}`,
    'leaf 0x00000004 0x00000001 - 0x00000000 0x00000005 0x00000000 0x00000009 0xffffffff 0x00000000 0xffffffff 0x00000000',
  ])
  t.end()
})

t.test('an edit of all subleaves changes those that were edited before', t => {
  t.same(text(null, edit(4, 1, 5), edit(4, null, 6)), [
    `leaf 0x00000004 - - 0x00000000 0x00000006 ${kept}`,
    `leaf 0x00000004 0x00000001 - 0x00000000 0x00000006 ${kept}`,
  ])
  t.end()
})

t.test('a removed range takes the edits before it along, not those after', t => {
  const range: CpuidStep = { kind: 'remove', first: 0x40000100, last: 0x400001ff }
  t.same(text('model', edit(0x40000100, null, 1), range, edit(0x40000101, null, 2)), [
    'absent 0x40000100 0x400001ff -',
    `leaf 0x40000101 - - 0x00000000 0x00000002 ${kept}`,
  ])
  t.end()
})

t.test('vCPUs that differ have a line each, those that agree have one together', t => {
  const on = (cpus: number[], step: CpuidStep): CpuidStep =>
    step.kind === 'edit' ? { kind: 'edit', edit: { ...step.edit, cpus } } : step
  const table = leafTable({
    hypervisorLeaves: 'listed',
    machine: { cpus: 8 },
    steps: [
      edit(0x1a, null, 1),
      on([4, 5, 6, 7], edit(0x1a, null, 2)),
      on([1], edit(7, 0, 3)),
      { kind: 'remove', first: 0x40000100, last: 0x400001ff, cpus: [0, 2] },
      edit(2, null, 4),
    ],
  })
  t.same(formatOverrideTable(table, 'kvm').trimEnd().split('\n'), [
    'guise-cpuid 2 kvm',
    'absent 0x40000000 0x4000ffff -',
    'absent 0x40000100 0x400001ff 0x0,0x2',
    `leaf 0x00000002 - - 0x00000000 0x00000004 ${kept}`,
    `leaf 0x00000007 0x00000000 0x1 0x00000000 0x00000003 ${kept}`,
    `leaf 0x0000001a - 0x0-0x3 0x00000000 0x00000001 ${kept}`,
    `leaf 0x0000001a - 0x4-0x7 0x00000000 0x00000002 ${kept}`,
  ])
  t.end()
})
