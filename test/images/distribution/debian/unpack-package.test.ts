import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { unpackPackage } from '../../../../images/distribution/debian/unpack-package.js'
import { makeDeb } from './fake-archive.js'

t.test('packages, unpacked into one folder', async t => {
  const folder = t.testdir()
  const into = join(folder, 'into')
  const deb = (name: string) =>
    makeDeb(folder, { name, version: '1', files: { [`a/${name}`]: '' } })
  t.same(await unpackPackage(deb('one'), into), [join(into, 'a/one')])
  t.same(await unpackPackage(deb('two'), into), [join(into, 'a/two')])
  await t.rejects(unpackPackage(join(folder, 'none.deb'), into), {
    name: 'EnvironmentError',
    message: /^cannot unpack \S+\/none\.deb: .*No such file/,
  })
})

t.test('links within the package are taken, and nothing else that is no regular file', async t => {
  const folder = t.testdir({ outside: 'secret' })
  const root = join(folder, 'odd_1')
  mkdirSync(join(root, 'usr/lib'), { recursive: true })
  writeFileSync(join(root, 'usr/lib/libx.so.1.2'), 'library')
  symlinkSync('libx.so.1.2', join(root, 'usr/lib/libx.so.1'))
  symlinkSync('libx.so.1', join(root, 'usr/lib/libx.so'))
  symlinkSync('/usr/lib/libx.so.1.2', join(root, 'usr/absolute.so'))
  symlinkSync(join(folder, 'outside'), join(root, 'usr/out'))
  symlinkSync('../../../../../outside', join(root, 'usr/up'))
  symlinkSync('/', join(root, 'usr/everything'))
  symlinkSync('self', join(root, 'usr/self'))
  execFileSync('mkfifo', [join(root, 'usr/fifo')])
  if (process.getuid?.() === 0) execFileSync('mknod', [join(root, 'usr/zero'), 'c', '1', '5'])
  const into = join(folder, 'a/b/into')
  const taken = await unpackPackage(makeDeb(folder, { name: 'odd', version: '1' }), into)
  const libraries = ['absolute.so', 'lib/libx.so', 'lib/libx.so.1', 'lib/libx.so.1.2']
  t.same(
    taken,
    libraries.map(name => join(into, 'usr', name)),
  )
  for (const path of taken) t.equal(readFileSync(path, 'utf8'), 'library')
})

t.test('a package that holds far more than it has', async t => {
  const folder = t.testdir({ bomb_1: { usr: {} } })
  const large = join(folder, 'bomb_1/usr/large')
  writeFileSync(large, '')
  truncateSync(large, 2 ** 26)
  const deb = makeDeb(folder, { name: 'bomb', version: '1' })
  for (const wanted of [() => true, () => false]) {
    await t.rejects(unpackPackage(deb, join(folder, 'into'), { maxBytes: 2 ** 20, wanted }), {
      name: 'InputError',
      message: `${deb} holds more than 1048576 bytes`,
    })
  }
})

t.test('a system that refuses to take the files', async t => {
  const folder = t.testdir({ file: '' })
  const deb = makeDeb(folder, { name: 'a', version: '1', files: { 'usr/x': 'x' } })
  // A full disk is reported in the same form.
  await t.rejects(unpackPackage(deb, join(folder, 'file/in')), {
    name: 'EnvironmentError',
    message: /^cannot unpack .*a_1\.deb into .*: ENOTDIR/,
  })
})
