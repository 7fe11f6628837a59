import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fetchDebianBusybox } from '../../../../images/distribution/debian/busybox.js'
import { EnvironmentError } from '../../../../runner/errors.js'
import { makeArchive, setMachineSources } from './fake-archive.js'

t.test(
  'it is fetched from the machine’s mirror once, and lies in the cache by its content',
  async t => {
    const folder = t.testdir()
    process.env.XDG_CACHE_HOME = join(folder, 'cache')
    const files = { 'bin/busybox': 'the program', 'usr/share/doc/busybox-static/copyright': 'x' }
    const archive = makeArchive(folder, {
      bookworm: [{ name: 'busybox-static', version: '1.35.0-4', files }],
    })
    setMachineSources(folder, { 'debian.list': `deb [trusted=yes] ${archive} bookworm main\n` })
    const path = await fetchDebianBusybox()
    t.equal(readFileSync(path, 'utf8'), 'the program')
    rmSync(join(folder, 'debian'), { recursive: true })
    t.equal(await fetchDebianBusybox(), path)
    rmSync(path)
    t.equal(await fetchDebianBusybox(), path, 'of the package that is there')
  },
)

t.test('a package without the program, and a suite without the package', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const files = { 'usr/share/doc/busybox-static/copyright': 'x' }
  const archive = makeArchive(folder, {
    bookworm: [{ name: 'busybox-static', version: '1.35.0-4', files }],
  })
  setMachineSources(folder, { 'debian.list': `deb [trusted=yes] ${archive} bookworm main\n` })
  await t.rejects(fetchDebianBusybox(), EnvironmentError)
})
