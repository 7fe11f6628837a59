import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import t from 'tap'
import { asLines } from '../../../../runner/report/setup-progress.js'
import { fetchKernelSource } from '../../../../images/distribution/debian/kernel-source.js'
import { makeFakeTree } from '../../kernel/build/fake-tree.js'
import { makeArchive, setMachineSources } from './fake-archive.js'

t.test("Debian's source of a suite, unpacked once", async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const source = (version: [number, number, number]) => {
    const name = `linux-source-${version[0]}.${version[1]}`
    makeFakeTree(join(folder, name), { version })
    execaSync('tar', ['-cJf', join(folder, `${name}.tar.xz`), '-C', folder, name])
    const files = { [`usr/src/${name}.tar.xz`]: readFileSync(join(folder, `${name}.tar.xz`)) }
    return { name, version: `${version.join('.')}-1`, files }
  }
  const archive = makeArchive(folder, {
    bookworm: [
      { ...source([6, 1, 192]), source: 'linux' },
      { ...source([6, 12, 95]), source: 'linux-6.12' },
    ],
  })
  setMachineSources(folder, { 'debian.list': `deb [trusted=yes] ${archive} bookworm main\n` })

  const progress: string[] = []
  const onProgress = asLines(message => progress.push(message))
  const tree = await fetchKernelSource('debian:bookworm', { onProgress })
  t.match(tree, /\/sources\/linux-source-6\.1_6\.1\.192-1$/, "the suite's own")
  t.ok(existsSync(join(tree, 'Makefile')))
  t.match(progress.at(-1), 'unpacking linux-source-6.1 6.1.192-1')
  progress.length = 0
  t.equal(await fetchKernelSource('debian:bookworm', { onProgress }), tree)
  t.equal(await fetchKernelSource('debian:linux-source-6.1', { onProgress }), tree)
  t.notOk(progress.some(line => /unpacking|downloading/.test(line)))
  t.match(await fetchKernelSource('debian:6.12'), /linux-source-6\.12_6\.12\.95-1$/)
})
