import { join } from 'node:path'
import t, { type Test } from 'tap'
import { EnvironmentError, InputError } from '../../runner/errors.js'
import { givesUpRights } from '../../runner/launch/gives-up-rights.js'
import { askedQemu } from '../../runner/run/find-qemu.js'
import { fakeQemu } from '../fixtures/fake-guest.js'

process.env.XDG_CACHE_HOME = join(t.testdir({ cache: {} }), 'cache')

const neverFetched = () => Promise.reject(new Error('fetched'))

/** Has a test see a PATH without QEMU. */
function withoutQemu(t: Test): void {
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = '/nowhere'
}

t.test('a path is a QEMU of its own', async t => {
  t.same(await askedQemu(fakeQemu), {
    qemu: {
      path: fakeQemu,
      name: fakeQemu,
      command: [fakeQemu],
      version: '7.2.22',
      sandbox: true,
      rights: (await givesUpRights()) ? ['-runas', '65534:65534'] : [],
    },
    why: null,
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
  const { qemu, why } = await askedQemu(undefined, {}, neverFetched)
  t.equal(qemu.path, join(t.testdirName, 'qemu-system-x86_64'))
  t.equal(qemu.version, '7.2.22')
  t.equal(why, null)
})

const trixie = { path: '/t', name: 'debian:trixie', command: ['/ld', '/t'], version: '10.0.13' }

t.test('where none is in PATH a suite’s is taken, and that is told', async t => {
  withoutQemu(t)
  const notes: unknown[] = []
  const asked: string[] = []
  const found = await askedQemu(
    undefined,
    { onProgress: progress => notes.push(progress) },
    spec => {
      asked.push(spec)
      return Promise.resolve({ ...trixie, sandbox: true })
    },
  )
  t.same(asked, ['debian:trixie'])
  t.same(found, {
    qemu: { ...trixie, sandbox: true },
    why: 'there is no qemu-system-x86_64 in PATH',
  })
  const text = 'there is no qemu-system-x86_64 in PATH: taking debian:trixie’s'
  t.same(notes, [{ kind: 'note', text }])
})

t.test('where none can be fetched either both reasons are told', async t => {
  withoutQemu(t)
  const fails = () => Promise.reject(new EnvironmentError('apt-get is not there\nat all'))
  await t.rejects(askedQemu(undefined, {}, fails), {
    name: 'EnvironmentError',
    message:
      /^no qemu-system-x86_64 in PATH: install .*, or give --qemu PATH; debian:trixie’s can’t be had: apt-get is not there$/,
  })
  const controller = new AbortController()
  controller.abort()
  const stopped = new Error('stopped')
  await t.rejects(
    askedQemu(undefined, { signal: controller.signal }, () => Promise.reject(stopped)),
    { message: /^stopped$/ },
    'a signal is no trouble of the mirror’s',
  )
})

t.test('one in PATH that is broken is not replaced', async t => {
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = t.testdir({ 'qemu-system-x86_64': t.fixture('symlink', '/bin/true') })
  await t.rejects(askedQemu(undefined, {}, neverFetched), /expected a QEMU version/)
})
