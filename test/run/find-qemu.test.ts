import { join } from 'node:path'
import t from 'tap'
import { EnvironmentError, InputError } from '../../runner/errors.js'
import { askedQemu } from '../../runner/run/find-qemu.js'
import { fakeQemu } from '../fixtures/fake-guest.js'

process.env.XDG_CACHE_HOME = join(t.testdir({ cache: {} }), 'cache')

t.test('a path is a QEMU of its own', async t => {
  t.same(await askedQemu(fakeQemu), {
    path: fakeQemu,
    name: fakeQemu,
    command: [fakeQemu],
    version: '7.2.22',
    sandbox: true,
  })
  await t.rejects(askedQemu('/no/such/qemu'), EnvironmentError)
})

t.test('without a word it is the one in PATH', async t => {
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = t.testdir({ 'qemu-system-x86_64': t.fixture('symlink', fakeQemu) })
  await t.rejects(askedQemu('debian:6.1'), InputError, 'what is of Debian is no path')
  process.env.PATH = `${process.env.PATH}:${PATH ?? ''}`
  const { path, version } = await askedQemu(undefined)
  t.equal(path, join(t.testdirName, 'qemu-system-x86_64'))
  t.equal(version, '7.2.22')
})
