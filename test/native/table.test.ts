import t from 'tap'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('table')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)
const file = join(folder.path, 'table')

const header = 'guise-cpuid 2 tcg'
const keepAll = '0xffffffff 0x0 '.repeat(4).trim()

function rows(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `remove 0x${i.toString(16)} - -`)
}

await t.test('a table of every kind of line is read', async t => {
  const lines = [
    'guise-cpuid 2 kvm',
    '# a comment',
    '',
    'absent 0x40000000 0x4000ffff -',
    `leaf 0x1 - - ${keepAll}`,
    `leaf 0xd 0x1 - ${keepAll}`,
    'leaf 0xd - - 0x0 0x1 0x2 0x3 0x4 0x5 0x6 0xabcdef09',
    'leaf 0x1a - 0x0,0x2-0x3 0x0 0x1 0x2 0x3 0x4 0x5 0x6 0x7',
    'leaf 0x1a - 0x1,0x4-0x3ff 0x0 0x1 0x2 0x3 0x4 0x5 0x6 0x0+x2apic-id>>0x1f&0xffffffff',
    'remove 0x80000007 - -',
    'remove 0x7  0x1 -',
  ]
  t.match(await driver.runOnTable(lines, 'table'), { status: 0, stdout: 'kvm: 7 rows, 1 absent' })
  t.match(await driver.runOnTable([header], 'table'), {
    status: 0,
    stdout: 'tcg: 0 rows, 0 absent',
  })
  t.match(await driver.runOnTable([header, ...rows(4096)], 'table'), { stdout: /4096 rows/ })
})

/** Lines after the header, and what the refusal says from `FILE:` on. */
const refused: Record<string, [string[], string]> = {
  'an unknown keyword': [
    ['leaves 0x1'],
    '2: expected `absent`, `leaf`, `remove` or `#`, got `leaves`',
  ],
  'a second header': [[header], '2: expected `absent`, `leaf`, `remove` or `#`, got `guise-cpuid`'],
  'a decimal leaf': [
    ['remove 1 -'],
    '2: expected a leaf as 0x and 1 to 8 digits 0-9 and a-f, got `1`',
  ],
  'an empty number': [
    ['remove 0x -'],
    '2: expected a leaf as 0x and 1 to 8 digits 0-9 and a-f, got `0x`',
  ],
  'a number of nine digits': [
    ['', 'remove 0x100000000 - -'],
    '3: expected a leaf as 0x and 1 to 8 digits 0-9 and a-f, got `0x100000000`',
  ],
  'a number with junk behind it': [
    ['remove 0x1g -'],
    '2: expected a leaf as 0x and 1 to 8 digits 0-9 and a-f, got `0x1g`',
  ],
  'a signed number': [
    ['remove 0x1 -0x1'],
    '2: expected a subleaf, `-` or a number as 0x and 1 to 8 digits 0-9 and a-f, got `-0x1`',
  ],
  'no subleaf': [['remove 0x1'], '2: expected a subleaf or `-`, got the end of the line'],
  'no vCPUs': [['remove 0x1 -'], '2: expected `-` or a list of vCPUs, got the end of the line'],
  'an empty item in a list of vCPUs': [
    ['remove 0x1 - 0x0,'],
    '2: expected the number of a vCPU as 0x and 1 to 8 digits 0-9 and a-f, got ``',
  ],
  'a decimal vCPU': [
    ['remove 0x1 - 0x0-3'],
    '2: expected the number of a vCPU as 0x and 1 to 8 digits 0-9 and a-f, got `3`',
  ],
  'vCPUs upside down': [
    ['remove 0x1 - 0x3-0x2'],
    '2: expected vCPUs in order and below 0x400, got 0x3 to 0x2',
  ],
  'a vCPU too many': [
    ['remove 0x1 - 0x400'],
    '2: expected vCPUs in order and below 0x400, got 0x400 to 0x400',
  ],
  'two lines for one vCPU': [
    ['remove 0x1 - 0x0-0x3', 'remove 0x1 - 0x4', `leaf 0x1 - 0x3 ${keepAll}`],
    '4: expected one line per leaf, subleaf and vCPU, got one that line 2 has already',
  ],
  'an unknown value': [
    ['leaf 0xb - - 0x0 0x0+id&0x1'],
    '2: expected apic-id, x2apic-id, xsave-size or xsaves-size, got `id`',
  ],
  'a shift too far': [
    ['leaf 0xb - - 0x0 0x0+apic-id>>0x20&0x1'],
    '2: expected a shift of at most 0x1f, got 0x20',
  ],
  'a value without its bits': [
    ['leaf 0xb - - 0x0 0x0+apic-id'],
    '2: expected the bits of the value as 0x and 1 to 8 digits 0-9 and a-f, got ``',
  ],
  'no registers': [
    ['leaf 0x1 - -'],
    '2: expected the bits of EAX to keep, got the end of the line',
  ],
  'seven of the eight numbers': [
    [`leaf 0x1 - - ${keepAll.slice(0, -4)}`],
    '2: expected the bits of EDX to set, got the end of the line',
  ],
  'a ninth number': [[`leaf 0x1 - - ${keepAll} 0x0`], '2: expected the end of the line, got `0x0`'],
  'registers to remove': [['remove 0x1 - - 0x0'], '2: expected the end of the line, got `0x0`'],
  'the same subleaf twice': [
    ['leaf 0xd 0x1 - ' + keepAll, 'remove 0xd - -', 'remove 0xd 0x1 -'],
    '4: expected one line per leaf, subleaf and vCPU, got one that line 2 has already',
  ],
  'the same leaf twice': [
    ['remove 0xd - -', '#', 'leaf 0xd - - ' + keepAll],
    '4: expected one line per leaf, subleaf and vCPU, got one that line 2 has already',
  ],
  'a range without an end': [
    ['absent 0x1'],
    '2: expected the last leaf of the range, got the end of the line',
  ],
  'a range upside down': [
    ['absent 0x2 0x1 -'],
    '2: expected a last leaf not below the first, 0x00000002, got 0x00000001',
  ],
  'a range of three': [['absent 0x1 0x2 - 0x3'], '2: expected the end of the line, got `0x3`'],
  '65 ranges': [
    Array.from({ length: 65 }, () => 'absent 0x1 0x2 -'),
    '66: expected at most 64 `absent` lines, got one more',
  ],
  '4097 rows': [rows(4097), '4098: expected at most 4096 `leaf` and `remove` lines, got one more'],
  'an overlong line': [[`#${' '.repeat(4096)}`], '2: expected at most 4096 characters, got 4097'],
  'a line end of DOS': [
    ['remove 0x1 -\r'],
    '2: expected printable ASCII characters, got the byte 0x0d in column 13',
  ],
  'a NUL': [
    ['remove 0x1 -\0'],
    '2: expected printable ASCII characters, got the byte 0x00 in column 13',
  ],
}

for (const [name, [lines, text]] of Object.entries(refused))
  await t.test(`refused: ${name}`, async t => {
    const result = await driver.runOnTable([header, ...lines], 'table')
    t.equal(result.stderr, `guise: override: ${file}:${text}`)
    t.equal(result.status, 78)
    t.equal(result.stdout, '')
  })

await t.test('refused: a wrong first line', async t => {
  const expected = 'expected `guise-cpuid 2 tcg` or `guise-cpuid 2 kvm`, got'
  for (const first of ['guise-cpuid 1 tcg', 'guise-cpuid 2 tcg ', 'guise-cpuid 2', '# comment', ''])
    t.match(await driver.runOnTable([first, header], 'table'), {
      status: 78,
      stderr: `guise: override: ${file}:1: ${expected} \`${first}\``,
    })
  t.match(await driver.runOnTable([], 'table'), {
    status: 78,
    stderr: `guise: override: ${file}:1: ${expected} the end of the file`,
  })
})

await t.test('refused: a file cut short within a line', async t => {
  await writeFile(file, `${header}\nremove 0x4000`)
  t.match(await driver.run('table', file), {
    status: 78,
    stderr: `guise: override: ${file}:2: expected a newline after the last line, got the end of the file`,
  })
})

await t.test('refused: no file, and a folder', async t => {
  for (const [path, reason] of [
    [join(folder.path, 'none'), 'No such file or directory'],
    [folder.path, 'Is a directory'],
  ] as const)
    t.match(await driver.run('table', path), {
      status: 78,
      stderr: `guise: override: ${path}: expected a table file that can be read, got: ${reason}`,
    })
})
