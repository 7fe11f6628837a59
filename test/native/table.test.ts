import t from 'tap'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('table')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)
const file = join(folder.path, 'table')

const header = 'guise-cpuid 1 tcg'
const keepAll = '0xffffffff 0x0 '.repeat(4).trim()

function rows(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `remove 0x${i.toString(16)} -`)
}

await t.test('a table of every kind of line is read', async t => {
  const lines = [
    'guise-cpuid 1 kvm',
    '# a comment',
    '',
    'absent 0x40000000 0x4000ffff',
    `leaf 0x1 - ${keepAll}`,
    `leaf 0xd 0x1 ${keepAll}`,
    'leaf 0xd - 0x0 0x1 0x2 0x3 0x4 0x5 0x6 0xabcdef09',
    'remove 0x80000007 -',
    'remove 0x7  0x1',
  ]
  t.match(await driver.runOnTable(lines, 'table'), { status: 0, stdout: 'kvm: 5 rows, 1 absent' })
  t.match(await driver.runOnTable([header], 'table'), {
    status: 0,
    stdout: 'tcg: 0 rows, 0 absent',
  })
  t.match(await driver.runOnTable([header, ...rows(256)], 'table'), { stdout: /256 rows/ })
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
    ['', 'remove 0x100000000 -'],
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
  'no registers': [['leaf 0x1 -'], '2: expected the bits of EAX to keep, got the end of the line'],
  'seven of the eight numbers': [
    [`leaf 0x1 - ${keepAll.slice(0, -4)}`],
    '2: expected the bits of EDX to set, got the end of the line',
  ],
  'a ninth number': [[`leaf 0x1 - ${keepAll} 0x0`], '2: expected the end of the line, got `0x0`'],
  'registers to remove': [['remove 0x1 - 0x0'], '2: expected the end of the line, got `0x0`'],
  'the same subleaf twice': [
    ['leaf 0xd 0x1 ' + keepAll, 'remove 0xd -', 'remove 0xd 0x1'],
    '4: expected one line per leaf and subleaf, got one that line 2 has already',
  ],
  'the same leaf twice': [
    ['remove 0xd -', '#', 'leaf 0xd - ' + keepAll],
    '4: expected one line per leaf and subleaf, got one that line 2 has already',
  ],
  'a range without an end': [
    ['absent 0x1'],
    '2: expected the last leaf of the range, got the end of the line',
  ],
  'a range upside down': [
    ['absent 0x2 0x1'],
    '2: expected a last leaf not below the first, 0x00000002, got 0x00000001',
  ],
  'a range of three': [['absent 0x1 0x2 0x3'], '2: expected the end of the line, got `0x3`'],
  'nine ranges': [
    Array.from({ length: 9 }, () => 'absent 0x1 0x2'),
    '10: expected at most 8 `absent` lines, got one more',
  ],
  '257 rows': [rows(257), '258: expected at most 256 `leaf` and `remove` lines, got one more'],
  'an overlong line': [[`#${' '.repeat(200)}`], '2: expected at most 200 characters, got 201'],
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
  const expected = 'expected `guise-cpuid 1 tcg` or `guise-cpuid 1 kvm`, got'
  for (const first of ['guise-cpuid 2 tcg', 'guise-cpuid 1 tcg ', 'guise-cpuid 1', '# comment', ''])
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
