import { mkdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import t from 'tap'
import { newcArchive, type CpioEntry } from '../../images/cpio.js'

const file = (path: string, content: string | Uint8Array, mode = 0o644): CpioEntry => ({
  type: 'file',
  path,
  mode,
  content: Buffer.from(content),
})

const cpio = (archive: Buffer, args: readonly string[], cwd = '.') =>
  execaSync('cpio', ['--quiet', ...args], { input: archive, cwd }).stdout

const sample: CpioEntry[] = [
  file('init', '\x7fELF and so on', 0o755),
  { type: 'directory', path: 'tmp', mode: 0o1777 },
  { type: 'symlink', path: 'bin/sh', target: '../init' },
  { type: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
  { type: 'block', path: 'dev/vda', mode: 0o660, major: 254, minor: 0 },
  file('etc/a/deep/path', 'x'),
  file('etc/a-b', 'sorts between etc/a and etc/a/deep by bytes'),
]

t.test('the same entries in any order give the same bytes', t => {
  const archive = newcArchive(sample)
  t.equal(archive.compare(newcArchive([...sample].reverse())), 0)
  t.equal(archive.length % 512, 0)
  t.end()
})

t.test('cpio lists the names in order, with the parents that were not given', t => {
  t.strictSame(cpio(newcArchive(sample), ['-t']).split('\n'), [
    'bin',
    'bin/sh',
    'dev',
    'dev/console',
    'dev/vda',
    'etc',
    'etc/a',
    'etc/a-b',
    'etc/a/deep',
    'etc/a/deep/path',
    'init',
    'tmp',
  ])
  t.end()
})

t.test('cpio lists types, modes, owners, device numbers and times', t => {
  const listing = execaSync('cpio', ['--quiet', '-tvn'], {
    input: newcArchive(sample),
    env: { TZ: 'UTC', LC_ALL: 'C' },
  }).stdout.split('\n')
  const line = (name: string) =>
    listing.find(text => text.includes(` ${name}`))?.replaceAll(/ +/g, ' ')
  t.equal(line('init'), '-rwxr-xr-x 1 0 0 14 Jan 1 1970 init')
  t.equal(line('tmp'), 'drwxrwxrwt 2 0 0 0 Jan 1 1970 tmp')
  t.equal(line('bin/sh'), 'lrwxrwxrwx 1 0 0 7 Jan 1 1970 bin/sh -> ../init')
  t.equal(line('dev/console'), 'crw------- 1 0 0 5, 1 Jan 1 1970 dev/console')
  t.equal(line('dev/vda'), 'brw-rw---- 1 0 0 254, 0 Jan 1 1970 dev/vda')
  t.end()
})

t.test('cpio unpacks contents of every length modulo four, names of every length, and links', t => {
  const folder = join(t.testdir(), 'unpacked')
  mkdirSync(folder)
  const bytes = Buffer.from([0, 0xff, 0x0a, 0x80, 0])
  const lengths = [0, 1, 2, 3, 4, 5]
  const archive = newcArchive([
    ...lengths.map(length => file(`length-${length}`, bytes.subarray(0, length))),
    ...lengths.map(length => file(`name${'x'.repeat(length)}`, 'named')),
    file(`${'d'.repeat(200)}/${'f'.repeat(255)}`, 'long', 0o4751),
    file('ünïcode', 'utf-8'),
    { type: 'symlink', path: 'link', target: 'length-5' },
  ])
  cpio(archive, ['-idm', '--no-absolute-filenames'], folder)
  for (const length of lengths) {
    t.same(readFileSync(join(folder, `length-${length}`)), bytes.subarray(0, length))
    t.equal(readFileSync(join(folder, `name${'x'.repeat(length)}`), 'utf8'), 'named')
  }
  t.equal(statSync(join(folder, `${'d'.repeat(200)}/${'f'.repeat(255)}`)).mode & 0o7777, 0o4751)
  t.equal(statSync(join(folder, 'length-5')).mtimeMs, 0)
  t.equal(readFileSync(join(folder, 'ünïcode'), 'utf8'), 'utf-8')
  t.equal(readlinkSync(join(folder, 'link')), 'length-5')
  t.end()
})

t.test('an archive of nothing is one block that cpio reads as empty', t => {
  const archive = newcArchive([])
  t.equal(archive.length, 512)
  t.equal(cpio(archive, ['-t']), '')
  t.end()
})

t.test('what the format cannot hold is refused', t => {
  const refused = (entries: CpioEntry[], message: RegExp) =>
    t.throws(() => newcArchive(entries), { name: 'TypeError', message })
  refused([file('a', ''), file('a', 'b')], /two archive entries are named a/)
  refused([file('a', ''), file('a/b', '')], /a\/b cannot be put into a, which is a file/)
  for (const path of ['', '/init', 'a//b', './a', 'a/../b', 'a/']) {
    refused([file(path, '')], /plain relative path/)
  }
  refused([file('a\0b', '')], /NUL/)
  refused([file('TRAILER!!!', '')], /ends an archive/)
  refused([file('x'.repeat(256), '')], /longer than 255 bytes/)
  refused([file('ab/'.repeat(1366) + 'c', '')], /longer than 4095 bytes/)
  refused([file('a', '', 0o100644)], /mode.*from 0 to 4095, got 33188/)
  refused([{ type: 'character', path: 'a', mode: 0, major: 4096, minor: 0 }], /major.*got 4096/)
  refused([{ type: 'block', path: 'a', mode: 0, major: 1, minor: -1 }], /minor.*got -1/)
  refused([{ type: 'symlink', path: 'a', target: '' }], /link target/)
  t.end()
})
