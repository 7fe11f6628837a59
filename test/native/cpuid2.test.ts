import t from 'tap'

import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('cpuid2')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)

/** What QEMU gives, shortened: a leaf without subleaves, one with two, and two hypervisor leaves. */
const own = [
  '1 - 10 20 30 40',
  '7 0 1 2 3 4',
  '7 1 5 6 7 8',
  '40000000 - 40000001 4b 4d 56',
  '40000001 - f 0 0 0',
  '0 - 7 1 2 3',
]

const keepAll = '0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0'
const setOne = '0x0 0x1 0x0 0x1 0x0 0x1 0x0 0x1'

async function edited(...rows: string[]): Promise<string[]> {
  return editedFor(0, 0, ...rows)
}

async function editedFor(vcpu: number, apicId: number, ...rows: string[]): Promise<string[]> {
  const result = await driver.runOnTable(
    ['guise-cpuid 2 kvm', ...rows],
    'cpuid2',
    `${vcpu}`,
    `${apicId}`,
    ...own,
  )
  if (result.status !== 0) throw new Error(result.stderr)
  return result.stdout.split('\n')
}

function without(...leaves: string[]): string[] {
  return own.filter(entry => !leaves.includes(entry.split(' ')[0] ?? ''))
}

await t.test('an empty table changes nothing', async t => {
  t.same(await edited(), own)
})

await t.test('`-` edits the entry there is, in its place, by keep and set', async t => {
  t.same(await edited('leaf 0x1 - - 0xffffffff 0x1 0x0 0x2 0xf0 0x0 0x0 0xffffffff'), [
    '1 - 11 2 30 ffffffff',
    ...own.slice(1),
  ])
})

await t.test('`-` edits every subleaf there is, and answers for the others', async t => {
  t.same(await edited('leaf 0x7 - - 0xffffffff 0x0 0x0 0x9 0xffffffff 0x0 0xffffffff 0x0'), [
    '1 - 10 20 30 40',
    '7 0 1 9 3 4',
    '7 1 5 9 7 8',
    ...own.slice(3),
    '7 - 0 9 0 0',
  ])
})

await t.test('`-` adds a leaf that is not there, starting from zero', async t => {
  t.same(await edited('leaf 0x40000010 - - 0xffffffff 0x7 0xffffffff 0x0 0x0 0x1 0x0 0x2'), [
    ...own,
    '40000010 - 7 0 1 2',
  ])
})

await t.test('a subleaf edits its own entry and no other', async t => {
  t.same(await edited('leaf 0x7 0x1 - 0xffffffff 0x100 0x0 0x0 0xffffffff 0x0 0xffffffff 0x0'), [
    '7 1 105 0 7 8',
    '1 - 10 20 30 40',
    '7 0 1 2 3 4',
    ...own.slice(3),
  ])
})

await t.test('a subleaf that is not there starts from zero', async t => {
  t.same(await edited(`leaf 0x7 0x5 - ${setOne}`), ['7 5 1 1 1 1', ...own])
})

await t.test(
  'a subleaf of a leaf without any starts from that leaf, and matches before it',
  async t => {
    t.same(
      await edited('leaf 0x1 0x2 - 0xffffffff 0x1 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0'),
      ['1 2 11 20 30 40', ...own],
    )
  },
)

await t.test('a line for the subleaf wins over one for the leaf', async t => {
  t.same(await edited(`leaf 0x7 - - ${setOne}`, `leaf 0x7 0x1 - ${keepAll}`), [
    '7 1 5 6 7 8',
    '1 - 10 20 30 40',
    '7 0 1 1 1 1',
    ...own.slice(3),
    '7 - 1 1 1 1',
  ])
})

await t.test('remove drops a leaf with all its subleaves', async t => {
  t.same(await edited('remove 0x7 - -', 'remove 0x12345 - -'), without('7'))
})

await t.test('remove of one subleaf makes it zero, and leaves the others', async t => {
  t.same(await edited('remove 0x7 0x1 -'), [
    '7 1 0 0 0 0',
    ...own.filter(entry => entry !== own[2]),
  ])
  t.same(await edited('remove 0x1 0x3 -', `leaf 0x1 - - ${setOne}`), [
    '1 3 0 0 0 0',
    '1 - 1 1 1 1',
    ...own.slice(1),
  ])
})

await t.test(
  'an absent range drops what is not listed, and what is listed starts from zero',
  async t => {
    const range = 'absent 0x40000000 0x4000ffff -'
    t.same(await edited(range), without('40000000', '40000001'))
    t.same(
      await edited(range, `leaf 0x40000001 - - ${keepAll}`, `leaf 0x40000000 0x0 - ${keepAll}`),
      [
        '40000000 0 0 0 0 0',
        '1 - 10 20 30 40',
        '7 0 1 2 3 4',
        '7 1 5 6 7 8',
        '40000001 - 0 0 0 0',
        '0 - 7 1 2 3',
      ],
    )
  },
)

const model = [...own, '80000000 - 80000008 0 0 0', '80000008 - 1 2 3 4']

async function editedModel(...rows: string[]): Promise<string[]> {
  const lines = ['guise-cpuid 2 kvm', ...rows]
  const { stdout } = await driver.runOnTable(lines, 'cpuid2', '0', '0', ...model)
  return stdout.split('\n')
}

await t.test('a lowered highest leaf takes away those above it that are not listed', async t => {
  t.same(await editedModel(`leaf 0x0 - - 0x0 0x6 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0`), [
    ...own.filter(entry => !/^[07] /.test(entry)),
    '0 - 6 1 2 3',
    ...model.slice(-2),
  ])
  t.same(
    await editedModel(
      'leaf 0x80000000 0x0 - 0x0 0x80000004 0x0 0x0 0x0 0x0 0x0 0x0',
      'leaf 0x80000008 - - 0xffffffff 0x100 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0',
    ),
    [
      '80000000 0 80000004 0 0 0',
      ...model.slice(0, -2),
      '80000000 - 80000008 0 0 0',
      '80000008 - 100 0 0 0',
    ],
  )
  t.same(
    await editedModel('remove 0x80000000 - -'),
    model.filter(entry => !entry.startsWith('8')),
  )
  t.same(
    await editedModel('leaf 0x40000000 - - 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0'),
    model.map(entry => (entry.startsWith('40000000') ? '40000000 - 0 0 0 0' : entry)),
    'a hypervisor range is not one of these',
  )
})

await t.test('a leaf of listed subleaves has those and no others', async t => {
  const rows = [
    'remove 0x7 - -',
    'leaf 0x7 0x0 - 0xf 0x10 0x0 0x20 0x0 0x0 0x0 0x0',
    'leaf 0x7 0x3 - 0x0 0x1 0x0 0x1 0x0 0x1 0x0 0x1',
  ]
  t.same(await edited(...rows), ['7 0 11 20 0 0', '7 3 1 1 1 1', ...without('7')])
})

await t.test('a vCPU has the lines for it, and its own APIC id', async t => {
  const rows = [
    `leaf 0x1a - 0x0,0x2 0x0 0x40000001 0x0 0x0 0x0 0x0 0x0 0x0`,
    `leaf 0x1a - 0x1 0x0 0x20000001 0x0 0x0 0x0 0x0 0x0 0x0`,
    'leaf 0xb 0x0 - 0x0 0x0+apic-id&0xff 0x0 0x7+x2apic-id>>0x1&0xf0 0x0 0x0 0x0 0x0+x2apic-id&0xffffffff',
    'remove 0x40000000 - 0x3',
    'absent 0x40000001 0x40000001 0x3',
  ]
  t.same(await editedFor(0, 0x123, ...rows), ['b 0 23 97 0 123', ...own, '1a - 40000001 0 0 0'])
  t.same(await editedFor(1, 0x124, ...rows), ['b 0 24 97 0 124', ...own, '1a - 20000001 0 0 0'])
  t.same(await editedFor(3, 9, ...rows), ['b 0 9 7 0 9', ...without('40000000', '40000001')])
})

await t.test("the size of KVM's XSAVE area stays what KVM says", async t => {
  t.same(await edited('leaf 0x7 0x0 - 0x0 0x5 0x0 0x0+xsave-size&0xffffffff 0x0 0x0 0x0 0x0'), [
    '7 0 5 2 0 0',
    ...own.filter(entry => entry !== own[1]),
  ])
})

await t.test('more entries than KVM takes are refused', async t => {
  const rows = Array.from(
    { length: 250 },
    (_, i) => `leaf 0x5000${i.toString(16).padStart(4, '0')} - - ${keepAll}`,
  )
  t.equal((await edited(...rows)).length, 256)
  const result = await driver.runOnTable(
    ['guise-cpuid 2 kvm', ...rows, `leaf 0x60000000 - - ${keepAll}`],
    'cpuid2',
    ...['0', '0'],
    ...own,
  )
  t.equal(result.status, 78)
  t.equal(
    result.stderr,
    'guise: override: expected a table that leaves at most 256 CPUID entries, which is what KVM takes, got more',
  )
})
