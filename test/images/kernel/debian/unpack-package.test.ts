import { join } from 'node:path'
import t from 'tap'
import { unpackPackage } from '../../../../images/kernel/debian/unpack-package.js'
import { makeDeb } from './fake-archive.js'

t.test('packages, unpacked into one folder', async t => {
  const folder = t.testdir()
  const into = join(folder, 'into')
  const deb = (name: string) =>
    makeDeb(folder, { name, version: '1', files: { [`a/${name}`]: '' } })
  t.same(await unpackPackage(deb('one'), into), [join(into, 'a/one')])
  t.same(await unpackPackage(deb('two'), into), [join(into, 'a/one'), join(into, 'a/two')])
  await t.rejects(unpackPackage(join(folder, 'none.deb'), into), {
    name: 'EnvironmentError',
    message: /^cannot unpack \S+\/none\.deb: /,
  })
})
