import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { areIntact } from '../../../runner/cache/intact.js'
import { layOut, refuseUnloadable } from '../../../images/qemu/lay-out.js'
import { qemuFiles } from '../../../images/qemu/qemu-files.js'
import { EnvironmentError } from '../../../runner/errors.js'

const cache = t.testdir()
process.env.XDG_CACHE_HOME = cache

const entry = (path: string, mode: number, text: string) =>
  ({ type: 'file', path, mode, content: Buffer.from(text) }) as const
const files = [entry('lib64/ld.so', 0o755, 'loader'), entry('usr/share/bios.bin', 0o644, 'bios')]

await t.test('files are laid out once, with their modes, and nothing else is left', async t => {
  const { path: folder } = await layOut('abc', files)
  t.equal(folder, join(cache, 'guise', 'qemu', 'abc'))
  t.equal(readFileSync(join(folder, 'usr/share/bios.bin'), 'utf8'), 'bios')
  t.equal(statSync(join(folder, 'lib64/ld.so')).mode & 0o777, 0o755)
  const before = statSync(join(folder, 'lib64/ld.so')).ino
  t.equal((await layOut('abc', files)).path, folder)
  t.equal(statSync(join(folder, 'lib64/ld.so')).ino, before, 'what is there stays')
  t.same(readdirSync(folder).sort(), ['lib64', 'usr'])
  t.same(readdirSync(join(cache, 'guise', 'qemu')), ['abc'])
})

await t.test('two at the same time lay out one folder', async t => {
  const [first, second] = await Promise.all([layOut('both', files), layOut('both', files)])
  t.same(first, second)
  t.same(readdirSync(join(cache, 'guise', 'qemu')).sort(), ['abc', 'both'])
})

await t.test(
  'a file that was changed, cut or lost is seen, and the folder is made anew',
  async t => {
    const { path, files: known } = await layOut('abc', files)
    const firmware = join(path, 'usr/share/bios.bin')
    const damages = [
      () => {
        writeFileSync(firmware, 'soib')
      },
      () => {
        truncateSync(firmware, 1)
      },
      () => {
        rmSync(firmware)
      },
    ]
    for (const damage of damages) {
      t.equal(await areIntact(known), true)
      damage()
      t.equal(await areIntact(known), false)
      await layOut('abc', files)
      t.equal(readFileSync(firmware, 'utf8'), 'bios')
      t.same(readdirSync(join(cache, 'guise', 'qemu')).sort(), ['abc', 'both'])
    }
  },
)

await t.test('a cache that cannot be written is named', async t => {
  writeFileSync(join(cache, 'file'), '')
  process.env.XDG_CACHE_HOME = join(cache, 'file')
  await t.rejects(layOut('abc', files), EnvironmentError)
})

t.test('a cache that the loader cannot be told is refused before anything is fetched', async t => {
  for (const folder of ['/a:b', '/a;b']) {
    t.throws(
      () => {
        refuseUnloadable(folder)
      },
      { message: /^\/a[:;]b: expected a cache by whose path the loader finds libraries/ },
    )
  }
  t.doesNotThrow(() => {
    refuseUnloadable('/with a space')
  })
  process.env.XDG_CACHE_HOME = join(t.testdir(), 'a:b')
  const asked: string[] = []
  const packages = {
    describe: () => Promise.resolve([]),
    files: (name: string) => {
      asked.push(name)
      return Promise.resolve([])
    },
  }
  await t.rejects(qemuFiles(packages), { name: 'EnvironmentError', message: /colon/ })
  t.same(asked, [])
})
