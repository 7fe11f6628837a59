import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execaSync } from 'execa'
import t from 'tap'
import { asLines } from '../../../runner/report/setup-progress.js'
import { cacheFolder } from '../../../runner/cache/files.js'
import type { ModuleSource } from '../../../images/kernel/kernel.js'
import { debModules } from '../../../images/distribution/debian/modules.js'
import { kernelModules } from '../../../images/modules/kernel-modules.js'
import { makeArchive, makeDeb, setMachineSources } from '../distribution/debian/fake-archive.js'
import { moduleThatNeeds } from './module-files.js'

const release = '6.1.0-56-amd64'
let folder: string
let progress: string[]
t.beforeEach(t => {
  folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  progress = []
})

const packed = (content: Buffer) =>
  Buffer.from(execaSync('xz', ['-c'], { input: content, encoding: 'buffer' }).stdout)

const drivers = `lib/modules/${release}/kernel/drivers`
const files = {
  [`lib/modules/${release}/modules.builtin`]: 'kernel/drivers/virtio/virtio.ko\n',
  [`${drivers}/scsi/vmw_pvscsi.ko`]: moduleThatNeeds('scsi_mod'),
  [`${drivers}/scsi/scsi-mod.ko.xz`]: packed(moduleThatNeeds('scsi_common')),
  [`${drivers}/scsi/scsi_common.ko`]: moduleThatNeeds(),
  [`${drivers}/scsi/sd_mod.ko`]: moduleThatNeeds('scsi_mod', 'scsi_common'),
  [`${drivers}/net/broken.ko`]: moduleThatNeeds('not_there'),
}

function packages(): Extract<ModuleSource, { from: 'packages' }> {
  const path = makeDeb(folder, { name: 'linux-image', version: '1', files })
  return debModules('linux-image', 'key', () => Promise.resolve([path]))
}

async function modules(source: ModuleSource, wanted: string[], ahead: string[] = []) {
  const found = await kernelModules({ modules: source, release }, wanted, {
    ahead,
    onProgress: asLines(message => progress.push(message)),
  })
  if ('unavailable' in found) return found.unavailable
  return String(found[0]?.content ?? '')
    .split('\n')
    .filter(line => line !== '')
}

t.test('modules with all that they need, in the order in which they are loaded', async t => {
  const source = packages()
  t.same(await modules(source, ['sd-mod', 'vmw_pvscsi', 'virtio']), [
    'scsi_common.ko',
    'scsi_mod.ko',
    'sd_mod.ko',
    'vmw_pvscsi.ko',
  ])
  const found = await kernelModules({ modules: source, release }, ['scsi_mod'])
  t.match(found, [{}, {}, { path: 'modules/scsi_mod.ko', mode: 0o644 }])
  t.same(
    'unavailable' in found || found[2]?.content,
    moduleThatNeeds('scsi_common'),
    'uncompressed',
  )
  t.same(await modules(source, ['virtio']), [], 'what is built in needs no file')
})

t.test('the packages are unpacked once, for all that will be wanted', async t => {
  const source = packages()
  await modules(source, ['vmw_pvscsi'], ['sd_mod', 'virtio', 'none-such'])
  t.same(progress, ['unpacking modules of linux-image'])
  rmSync(join(folder, 'linux-image_1.deb'))
  t.same(await modules(source, ['sd_mod', 'virtio']), [
    'scsi_common.ko',
    'scsi_mod.ko',
    'sd_mod.ko',
  ])
  t.equal(await modules(source, ['none_such']), 'this kernel has no module none_such')
  t.equal(progress.length, 1)
  rmSync(join(cacheFolder(), 'modules'), { recursive: true })
  t.match(
    await modules(source, ['sd_mod']),
    /^the module sd_mod of this kernel can't be had: cannot unpack .*No such file/,
    'a cleaned cache is filled again',
  )
})

t.test('two that ask at once have the packages unpacked once', async t => {
  const source = packages()
  const both = await Promise.all([
    modules(source, ['scsi_common']),
    modules(source, ['scsi_common']),
  ])
  t.same(both, [['scsi_common.ko'], ['scsi_common.ko']])
  t.same(progress, ['unpacking modules of linux-image'])
})

t.test('a module of which a needed one has left the cache is unpacked again', async t => {
  const source = packages()
  await modules(source, ['scsi_mod'])
  const kept = join(cacheFolder(), 'modules')
  const needed = readdirSync(kept).filter(
    name => name.endsWith('.ko') && readFileSync(join(kept, name)).equals(moduleThatNeeds()),
  )
  t.equal(needed.length, 1)
  rmSync(join(kept, needed[0] ?? ''))
  t.same(await modules(source, ['scsi_mod']), ['scsi_common.ko', 'scsi_mod.ko'])
  t.equal(progress.length, 2)
})

t.test('why modules can not be had', async t => {
  const source = packages()
  t.equal(await modules(source, ['a', 'sd_mod', 'b']), 'this kernel has no modules a, b')
  t.equal(await modules(source, ['broken']), 'this kernel has no module not_there')
  const path = makeDeb(folder, { name: 'linux-binary', version: '1' })
  const empty = debModules('linux-binary', 'b', () => Promise.resolve([path]))
  t.equal(
    await modules(empty, ['a', 'b']),
    "the modules a, b of this kernel can't be had: linux-binary holds no modules",
  )
  t.match(
    await modules({ from: 'machine' }, ['a']),
    /^the module a of this kernel can't be had: there is no \/lib\/modules\/6\.1\.0-56-amd64 on/,
  )
})

t.test('the modules of a build tree', async t => {
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  write('modules.order', 'drivers/a.o\ndrivers/b.o\n')
  write('drivers/a.ko', moduleThatNeeds('b'))
  write('drivers/b.ko', moduleThatNeeds())
  const tree = { from: 'tree', path: folder } as const
  t.same(await modules(tree, ['a']), ['b.ko', 'a.ko'])
})

t.test('packages of a suite are fetched when they are needed', async t => {
  const archive = makeArchive(folder, {
    sid: [{ name: `linux-modules-${release}`, version: '7.3', files }],
  })
  setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} sid main\n` })
  const { SuiteApt } = await import('../../../images/distribution/debian/apt.js')
  {
    await using apt = await SuiteApt.open('sid')
    await apt.update()
  }
  const { fetchPackage } = await import('../../../images/distribution/debian/fetch.js')
  const source = (version: string) =>
    debModules('sid', version, async options => [
      (await fetchPackage('sid', `linux-modules-${release}`, version, options)).path,
    ])
  t.same(await modules(source('7.3'), ['scsi_common']), ['scsi_common.ko'])
  t.matchOnly(progress, [/^downloading linux-modules-6\.1\.0-56-amd64 7\.3$/, /^unpacking/])
  t.match(
    await modules(source('7.4'), ['a']),
    /^the module a of this kernel can't be had: apt cannot/,
  )
})
