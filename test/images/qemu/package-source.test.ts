import { join } from 'node:path'
import t from 'tap'
import { SuitePackages } from '../../../images/qemu/package-source.js'
import type { SetupProgress } from '../../../images/progress.js'
import { makeArchive, setMachineSources } from '../distribution/debian/fake-archive.js'

t.test('downloads are counted together, and what is in the cache is no download', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const names = ['libone', 'libtwo', 'libthree']
  const packages = names.map(name => ({ name, version: '1', files: { [`lib/${name}.so`]: name } }))
  const archive = makeArchive(folder, { trixie: packages })
  setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} trixie main\n` })
  const told: SetupProgress[] = []
  const take = async (into: string, expected: number) => {
    told.length = 0
    const onProgress = (progress: SetupProgress) => told.push(progress)
    const source = new SuitePackages('trixie', join(folder, into), expected, { onProgress })
    for (const name of names) t.match(await source.files(name), [new RegExp(`/lib/${name}\\.so$`)])
    return source
  }
  await take('first', 2)
  t.match(
    told,
    [
      { kind: 'download', done: 0, total: 2, bytes: 0 },
      ...[1, 1, 2, 2, 3].map(done => ({ done, total: Math.max(done, 2), bytes: Number })),
    ],
    'more packages than were thought make the total grow',
  )
  const { unpacked } = await take('second', 2)
  t.strictSame(told, [])
  t.strictSame(unpacked.map(({ name }) => name).sort(), names.toSorted())
})

t.test(
  'of several versions of a package the newest is taken, and what is not there is left out',
  async t => {
    const folder = t.testdir()
    process.env.XDG_CACHE_HOME = join(folder, 'cache')
    const archive = makeArchive(folder, {
      trixie: ['2', '10', '9'].map(version => ({
        name: 'libone++',
        version,
        depends: 'libc6 (>= 2)',
      })),
    })
    setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} trixie main\n` })
    const source = new SuitePackages('trixie', join(folder, 'unpacked'), 1, {})
    t.same(await source.describe(['none', 'libone++']), [
      { name: 'libone++', version: '10', source: 'libone++', depends: ['libc6'] },
    ])
    await t.rejects(source.files('none'), { message: /trixie has no package none/ })
  },
)
