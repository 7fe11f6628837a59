import { execFileSync } from 'node:child_process'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readRegularFile } from '../runner/bounded-file.js'

const bounds = { what: 'the thing', maxBytes: 1000 }

t.test('a regular file is read whole', async t => {
  const path = join(t.testdir({ file: 'content' }), 'file')
  t.equal((await readRegularFile(path, bounds)).toString(), 'content')
  t.match((await readRegularFile('/proc/version', bounds)).toString(), /^Linux/)
  await t.rejects(readRegularFile(`${path}-none`, bounds), { code: 'ENOENT' })
})

t.test('a file of more bytes is refused, also where it does not say how many it has', async t => {
  const path = join(t.testdir(), 'file')
  await writeFile(path, 'x'.repeat(1000))
  t.equal((await readRegularFile(path, bounds)).length, 1000)
  await truncate(path, 2 ** 40)
  await t.rejects(readRegularFile(path, bounds), {
    name: 'InputError',
    message: 'the thing has 1099511627776 bytes; expected at most 1000',
  })
  await t.rejects(readRegularFile('/proc/kallsyms', bounds), {
    name: 'InputError',
    message: 'the thing has more bytes than 1000, the most expected',
  })
})

t.test('what is no regular file is refused at once', async t => {
  const folder = t.testdir()
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  for (const path of [fifo, '/dev/zero', '/dev/null', folder]) {
    await t.rejects(readRegularFile(path, bounds), {
      name: 'InputError',
      message: 'the thing is no regular file',
    })
  }
})
