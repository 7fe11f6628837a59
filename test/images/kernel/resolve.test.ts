import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { asLines } from '../../../runner/report/setup-progress.js'
import { resolveKernel } from '../../../images/kernel/resolve.js'
import {
  kernelFiles,
  makeArchive,
  makeDeb,
  setMachineSources,
} from '../distribution/debian/fake-archive.js'
import { bzImage, debianBanner, elf, ikconfig } from './synthetic.js'

let folder: string
t.beforeEach(t => {
  folder = t.testdir({
    tree: { '.config': 'CONFIG_FROM="tree"\n', arch: { x86: { boot: {} } } },
    unbuilt: { Kbuild: '', arch: {} },
    plain: {},
    'text.deb': 'text',
  })
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
})

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const from = async (spec: string) => (await resolveKernel(spec)).config?.get('FROM')

t.test('an image, by a relative path', async t => {
  const path = write('vmlinuz', bzImage())
  const spec = relative(process.cwd(), path)
  t.match(await resolveKernel(spec), {
    spec,
    path,
    format: 'bzImage',
    release: '6.1.0-56-cloud-amd64',
    version: '6.1.192',
    banner: debianBanner,
    sha256: /^[0-9a-f]{64}$/,
    config: null,
    modules: { from: 'machine' },
  })
})

t.test('the configuration beside an image goes before the one inside', async t => {
  const inside = elf({
    data: Buffer.concat([
      Buffer.from('Linux version 6.6.30 (a) #1\0'),
      ikconfig('CONFIG_FROM="inside"'),
    ]),
  })
  t.equal(await from(write('vmlinux-6.6.30', inside)), 'inside')
  const compressed = bzImage({ payload: gzipSync(inside), banner: '6.6.30 (a) #1' })
  const path = write('vmlinuz-6.6.30', compressed)
  t.equal(await from(path), 'inside')
  write('config-6.6.30', 'CONFIG_FROM="beside"')
  t.equal(await from(path), 'beside')
})

t.test('a build tree', async t => {
  const tree = join(folder, 'tree')
  await t.rejects(resolveKernel(tree), {
    name: 'InputError',
    message: /tree has no arch\/x86\/boot\/bzImage yet; build it/,
  })
  const path = write('tree/arch/x86/boot/bzImage', bzImage())
  const modules = { from: 'tree', path: tree }
  t.match(await resolveKernel(tree), { spec: tree, path, version: '6.1.192', modules })
  t.same((await resolveKernel(path)).modules, { from: 'machine' })
  write('tree/modules.order', '')
  t.same((await resolveKernel(path)).modules, modules, 'an image in a tree with modules')
  t.equal(await from(tree), 'tree')
  t.equal(await from(path), 'tree')
  write('tree/arch/x86/boot/bzImage', bzImage().subarray(0, -100))
  await t.rejects(resolveKernel(tree), {
    message: /^kernel \S+\/tree \(\S+\/bzImage\) is a truncated bzImage/,
  })
})

t.test('a package', async t => {
  const release = '6.1.0-56-cloud-amd64'
  const deb = makeDeb(folder, {
    name: 'linux-image',
    version: '1',
    files: kernelFiles(release, '6.1.192-1'),
  })
  const kernel = await resolveKernel(deb)
  t.match(kernel, { spec: deb, release, version: '6.1.192', path: /guise\/kernels\/\w+\.vmlinuz$/ })
  t.equal(kernel.config?.get('KVM_GUEST'), 'y')
  t.match(kernel.modules, { from: 'packages', name: deb })
})

t.test('a package without a configuration', async t => {
  const image =
    kernelFiles('6.1.0-56-cloud-amd64', '6.1.192-1')['boot/vmlinuz-6.1.0-56-cloud-amd64'] ?? ''
  const deb = makeDeb(folder, {
    name: 'bare',
    version: '1',
    files: { 'boot/vmlinuz-6.1.0-56-cloud-amd64': image },
  })
  t.equal((await resolveKernel(deb)).config, null)
})

t.test('one fetched from Debian', async t => {
  const release = '6.1.0-56-cloud-amd64'
  const archive = makeArchive(folder, {
    bookworm: [
      {
        name: `linux-image-${release}`,
        version: '6.1.192-1',
        files: kernelFiles(release, '6.1.192-1'),
      },
    ],
  })
  setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} bookworm main\n` })
  const messages: string[] = []
  const kernel = await resolveKernel('debian:bookworm', {
    onProgress: asLines(message => messages.push(message)),
  })
  t.match(kernel, { spec: 'debian:bookworm', release, version: '6.1.192' })
  t.equal(kernel.config?.get('DEFAULT_HOSTNAME'), '6.1.192-1')
  const name = `linux-image-${release}`
  t.match(kernel.modules, {
    from: 'packages',
    name: `${name}=6.1.192-1`,
    key: `${name}=6.1.192-1`,
  })
  t.match(messages.at(-1), /^downloading linux-image-6.1.0-56-cloud-amd64 6.1.192-1$/)
})

t.test('an interrupted fetch ends with the reason given', async t => {
  const archive = makeArchive(folder, { bookworm: [] })
  setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} bookworm main\n` })
  const controller = new AbortController()
  const reason = new Error('interrupted')
  const resolving = resolveKernel('debian:bookworm', {
    signal: controller.signal,
    onProgress: () => {
      controller.abort(reason)
    },
  })
  await t.rejects(resolving, reason)
})

t.test('what is no kernel', async t => {
  const refused = (name: string, message: RegExp) =>
    t.rejects(resolveKernel(join(folder, name)), { name: 'InputError', message })
  await refused('missing', /missing: no such file; expected a bzImage, a vmlinux, .*debian:VERSION/)
  await refused('unbuilt', /unbuilt has no arch\/x86\/boot\/bzImage yet/)
  await refused('plain', /plain is a folder, but no kernel build tree/)
  await refused('text.deb', /text.deb is no Debian package/)
  await t.rejects(resolveKernel('/dev/null'), { name: 'InputError', message: /no regular file/ })
  await t.rejects(resolveKernel(write('text', 'text')), {
    name: 'InputError',
    message: /^kernel \S+\/text is a text file; expected an x86-64 bzImage or vmlinux$/,
  })
})
