import t from 'tap'
import { type CpuDump, hex32, type Registers, zeroRegisters } from '../../runner/cpuid/leaf.js'
import {
  compareAskedWithGot,
  formatMismatch,
  readsAsAbsent,
} from '../../runner/observe/asked-versus-got.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { leavesToDump } from '../../runner/plan/requested-leaves.js'
import { parseScenario } from '../fixtures/scenario.js'

function dump(
  leaves: [leaf: number, subleaf: number, ...Partial<Registers>[]][],
  cpu = 0,
): CpuDump {
  return {
    cpu,
    leaves: leaves.map(([leaf, subleaf, registers = {}]) => ({
      leaf,
      subleaf,
      registers: { eax: 0, ebx: 0, ecx: 0, edx: 0, ...registers },
    })),
  }
}

function mismatches(cpuid: string, ...dumps: CpuDump[]): string[] {
  const scenario = parseScenario(`hypervisor-leaves: listed\ncpuid: ${cpuid}`)
  return compareAskedWithGot(leafTable(scenario), dumps).map(formatMismatch)
}

t.test('what is asked for and got is no mismatch, on every vCPU', t => {
  const good = dump([[0x40000000, 0, { eax: 5 }]])
  t.same(mismatches('[{ leaf: 0x40000000, eax: 5 }]', good, { ...good, cpu: 1 }), [])
  const bad = dump([[0x40000000, 0, { eax: 6 }]], 1)
  t.same(mismatches('[{ leaf: 0x40000000, eax: 5 }]', good, bad), [
    'CPU 1: 0x40000000 eax: asked 0x00000005, got 0x00000006',
  ])
  t.end()
})

t.test('a leaf that was not dumped is a mismatch', t => {
  t.same(mismatches('[{ leaf: 0x40000055, eax: 5 }]', dump([[0, 0]])), [
    'CPU 0: 0x40000055: asked a value, got not dumped',
  ])
  t.end()
})

t.test('only the bits of a bitmap are asked for, and shown so', t => {
  t.same(mismatches('[{ leaf: 0x7, ebx: 0b0xxx }]', dump([[7, 0, { ebx: 0xfffffff7 }]])), [])
  t.same(mismatches('[{ leaf: 0x7, ebx: 0b0xxx }]', dump([[7, 0, { ebx: 8 }]])), [
    'CPU 0: 0x00000007 ebx: asked 0xxxxxxxxx, got 0x00000008',
  ])
  t.end()
})

t.test('within the listed range what is not stated is asked to be zero', t => {
  t.same(
    mismatches('[{ leaf: 0x40000001, eax: 5 }]', dump([[0x40000001, 0, { eax: 5, edx: 1 }]])),
    ['CPU 0: 0x40000001 edx: asked 0x00000000, got 0x00000001'],
  )
  t.end()
})

t.test('what is absent reads as zero, or as the highest basic leaf, and as nothing else', t => {
  const highest: Partial<Registers> = { eax: 7, edx: 9 }
  const intel = (noise: Partial<Registers>) =>
    dump([
      [0, 0, { eax: 0xd }],
      [0xd, 0, highest],
      [0x40000000, 0, noise],
      [0x40000100, 0],
    ])
  t.same(mismatches('[]', intel(highest)), [])
  t.same(mismatches('[]', intel({ eax: 1 })), [
    'CPU 0: 0x40000000 eax: asked 0x00000000, got 0x00000001',
  ])
  t.end()
})

t.test('an absent range is held to its ends, and not beyond them', t => {
  const asked = (cpuid: string, ...leaves: number[]) =>
    compareAskedWithGot(leafTable(parseScenario(`hypervisor-leaves: model\ncpuid: ${cpuid}`)), [
      dump(leaves.map(leaf => [leaf, 0, { eax: 1 }])),
    ]).map(({ leaf }) => leaf)
  t.same(
    asked(
      '[{ range: [0x40000100, 0x400001ff], remove: true }]',
      ...[0x400000ff, 0x40000100, 0x400001ff, 0x40000200],
    ),
    ['0x40000100', '0x400001ff'],
  )
  t.end()
})

t.test(
  'within a range that was taken away, to its ends, what a leaf states is all that it is to have',
  t => {
    for (const [leaf, isWhole] of [
      [0x400000ff, false],
      [0x40000100, true],
      [0x400001ff, true],
      [0x40000200, false],
    ] as const) {
      const scenario = parseScenario(`hypervisor-leaves: model
cpuid:
  - { range: [0x40000100, 0x400001ff], remove: true }
  - { leaf: ${hex32(leaf)}, eax: 5 }
`)
      const found = compareAskedWithGot(leafTable(scenario), [
        dump([[leaf, 0, { eax: 5, edx: 1 }]]),
      ])
      t.equal(found.length, isWhole ? 1 : 0, hex32(leaf))
    }
    t.end()
  },
)

t.test('zeros are absent where the highest basic leaf is another, or not there', t => {
  const zero = { leaf: 0x40000000, subleaf: 0, registers: zeroRegisters }
  const other = { leaf: 0x40000000, subleaf: 0, registers: { ...zeroRegisters, edx: 1 } }
  const highest = dump([
    [0, 0, { eax: 0xd, ebx: 5 }],
    [0xd, 0, { eax: 7 }],
  ])
  for (const cpu of [highest, dump([])]) {
    t.equal(readsAsAbsent(zero, cpu), true)
    t.equal(readsAsAbsent(other, cpu), false)
  }
  t.end()
})

t.test('what no table can fix is not compared', t => {
  const asked = '[{ leaf: 0x1, ebx: 0x00000800, ecx: 0x08000000 }]'
  t.same(mismatches(asked, dump([[1, 0, { ebx: 0x01000800, ecx: 0 }]])), [])
  t.equal(mismatches(asked, dump([[1, 0, { ebx: 0x01000900, ecx: 1 }]])).length, 2)
  t.end()
})

t.test('an edit of one subleaf holds for it alone', t => {
  const asked = '[{ leaf: 0xd, eax: 1 }, { leaf: 0xd, subleaf: 2, eax: 2 }]'
  const values = (second: number) =>
    dump([
      [0xd, 0, { eax: 1 }],
      [0xd, 2, { eax: second }],
    ])
  t.same(mismatches(asked, values(2)), [])
  t.same(mismatches(asked, values(1)), [
    'CPU 0: 0x0000000d.2 eax: asked 0x00000002, got 0x00000001',
  ])
  t.end()
})

t.test('a leaf that QEMU made up above the highest of its model is a mismatch', t => {
  const last: Partial<Registers> = { eax: 7, ebx: 0x240, ecx: 0x340 }
  const cpuid = '[{ leaf: 0x0, eax: 0x16 }, { leaf: 0x80000000, eax: 0x80000021 }]'
  const shown = (invented: Partial<Registers>) =>
    dump([
      [0, 0, { eax: 0x16 }],
      [0xd, 0, last],
      [0xe, 0, invented],
      [0x16, 0, invented],
      [0x80000000, 0, { eax: 0x80000021 }],
      [0x80000021, 0, invented],
    ])
  t.same(mismatches(cpuid, shown({})), [])
  const places = mismatches(cpuid, shown(last)).map(line => line.split(' ')[2])
  t.same([...new Set(places)], ['0x0000000e', '0x00000016', '0x80000021'])
  t.end()
})

t.test('what AMD shows as Intel does is not made up', t => {
  const caches = { eax: 0x121, ebx: 0x1c0003f, ecx: 0x3f, edx: 1 }
  const levels = { ebx: 1, ecx: 0x100 }
  const shown = dump([
    [0, 0, { eax: 0xd }],
    [4, 0, caches],
    [0xb, 0, levels],
    [0x8000001d, 0, caches],
    [0x80000026, 0, levels],
  ])
  t.same(mismatches('[]', shown), [])
  const swapped = dump([
    [4, 0, caches],
    [0xb, 0, levels],
    [0x8000001d, 0, levels],
  ])
  t.same(mismatches('[]', swapped).length, 2, 'the same as another leaf')
  t.end()
})

t.test('a raised highest leaf must be seen', t => {
  t.same(mismatches('[{ leaf: 0x0, eax: 0x16 }]', dump([[0, 0, { eax: 0xd }]])), [
    'CPU 0: 0x00000000 eax: asked 0x00000016, got 0x0000000d',
  ])
  t.end()
})

t.test('the subleaf behind the last of a list is to be absent', t => {
  const scenario = parseScenario(
    'cpuid: [{ leaf: 4, remove: true }, { leaf: 4, subleaf: 0, eax: 5 }]',
  )
  const table = leafTable(scenario)
  t.same(leavesToDump(table), [
    { first: 4, last: 4 },
    { first: 4, last: 4, subleaf: 1 },
  ])
  const got = (eax: number) =>
    compareAskedWithGot(table, [
      dump([
        [4, 0, { eax: 5 }],
        [4, 1, { eax }],
      ]),
    ]).map(formatMismatch)
  t.same(got(0), [])
  t.same(got(9), ['CPU 0: 0x00000004.1 eax: asked 0x00000000, got 0x00000009'])
  t.end()
})

t.test('each vCPU is held to what is asked of it, its APIC id too', t => {
  const cpuid = `[{ leaf: 0x1a, cpu: 0, eax: 1 }, { leaf: 0x1a, cpu: "1-2", eax: 2 }, { leaf: 0x1f, edx: x2apic-id, eax: apic-id }]`
  const scenario = parseScenario(`machine: { cpus: 3 }\ncpuid: ${cpuid}`)
  const cpu = (number: number, eax: number, id: number) =>
    dump(
      [
        [1, 0, { ebx: (number * 0x1000000 + 0x800) >>> 0 }],
        [0x1a, 0, { eax }],
        [0x1f, 0, { eax: id, edx: id }],
      ],
      number,
    )
  const found = (...dumps: CpuDump[]) =>
    compareAskedWithGot(leafTable(scenario), dumps).map(formatMismatch)
  t.same(found(cpu(0, 1, 0), cpu(1, 2, 1), cpu(2, 2, 2)), [])
  t.same(found(cpu(0, 2, 0), cpu(1, 2, 0)), [
    'CPU 0: 0x0000001a eax: asked 0x00000001, got 0x00000002',
    'CPU 1: 0x0000001f eax: asked 0xxxxxxx01, got 0x00000000',
    'CPU 1: 0x0000001f edx: asked 0xxxxxxx01, got 0x00000000',
  ])
  t.end()
})
