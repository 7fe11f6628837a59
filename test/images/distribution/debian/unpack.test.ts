import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isDebianPackage, unpackKernel } from '../../../../images/distribution/debian/unpack.js'
import { kernelFiles, kernelImage, makeDeb } from './fake-archive.js'

let folder: string
t.beforeEach(t => {
  folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
})

t.test('what is a Debian package', async t => {
  const deb = makeDeb(folder, { name: 'a', version: '1' })
  t.equal(await isDebianPackage(deb), true)
  const other = join(folder, 'other')
  for (const content of ['', '!<arch>\nlib.o/', 'text']) {
    writeFileSync(other, content)
    t.equal(await isDebianPackage(other), false, content)
  }
})

t.test('image and configuration of one package, into the cache', async t => {
  const files = kernelFiles('6.1.0-56-amd64', '6.1.192-1')
  const deb = makeDeb(folder, {
    name: 'linux-image',
    version: '1',
    files: { ...files, 'lib/modules/6.1.0-56-amd64/kernel/fs/configfs/config': 'no configuration' },
  })
  const unpacked = await unpackKernel([deb], 'key')
  t.match(unpacked.image, /\/cache\/guise\/kernels\/[0-9a-f]{64}\.vmlinuz$/)
  t.same(readFileSync(unpacked.image), files['boot/vmlinuz-6.1.0-56-amd64'])
  t.equal(readFileSync(unpacked.config ?? '', 'utf8'), files['boot/config-6.1.0-56-amd64'])
})

t.test('the split packages of today', async t => {
  const release = '7.3.4+deb14-amd64'
  const image = kernelImage(release, '7.3.4-1')
  const binary = makeDeb(folder, {
    name: 'b',
    version: '1',
    files: { [`usr/lib/modules/${release}/vmlinuz`]: image },
  })
  const base = makeDeb(folder, {
    name: 'c',
    version: '1',
    files: { [`usr/lib/modules/${release}/config`]: 'CONFIG_A=y' },
  })
  const unpacked = await unpackKernel([binary, base], 'both')
  t.same(readFileSync(unpacked.image), image)
  t.equal(readFileSync(unpacked.config ?? '', 'utf8'), 'CONFIG_A=y')
  t.match(await unpackKernel([binary], 'image alone'), { config: null })
})

t.test('a second time nothing is unpacked, unless the cache was cleaned', async t => {
  const deb = makeDeb(folder, {
    name: 'a',
    version: '1',
    files: kernelFiles('6.1.0-56-amd64', '6.1.192-1'),
  })
  const first = await unpackKernel([deb], 'key')
  rmSync(deb)
  t.same(await unpackKernel([deb], 'key'), first)
  rmSync(first.image)
  await t.rejects(unpackKernel([deb], 'key'), { message: /cannot unpack .*a_1.deb.*No such file/ })
})

t.test('an image or a configuration that has changed in the cache is unpacked anew', async t => {
  const deb = makeDeb(folder, {
    name: 'changed',
    version: '1',
    files: kernelFiles('6.1.0-56-amd64', '6.1.192-1'),
  })
  const first = await unpackKernel([deb], 'changed')
  for (const path of [first.image, first.config ?? '']) {
    const content = readFileSync(path)
    const { atime, mtime } = statSync(path)
    // As long as before, and as old.
    writeFileSync(path, Buffer.from(content).fill(0x5a, content.length - 4))
    utimesSync(path, atime, mtime)
    t.same(await unpackKernel([deb], 'changed'), first)
    t.ok(readFileSync(path).equals(content), path)
    truncateSync(path, 1)
    await unpackKernel([deb], 'changed')
    t.ok(readFileSync(path).equals(content), path)
  }
})

t.test('packages without a kernel, and damaged ones', async t => {
  const empty = makeDeb(folder, { name: 'linux-image-7.3', version: '1' })
  await t.rejects(unpackKernel([empty], 'a'), {
    name: 'InputError',
    message: /linux-image-7.3_1.deb holds no kernel image; .*linux-binary-RELEASE/,
  })
  const two = { ...kernelFiles('6.1.0-1-amd64', '6.1-1'), ...kernelFiles('6.1.0-2-amd64', '6.1-2') }
  await t.rejects(unpackKernel([makeDeb(folder, { name: 'two', version: '1', files: two })], 'c'), {
    name: 'InputError',
    message: /two_1.deb: expected one kernel image, got `.*vmlinuz-.*`, `.*vmlinuz-/,
  })
  const deb = makeDeb(folder, { name: 'cut', version: '1', files: kernelFiles('6.1.0', '6.1-1') })
  truncateSync(deb, 600)
  await t.rejects(unpackKernel([deb], 'b'), {
    name: 'InputError',
    message: /cut_1.deb is a damaged Debian package: /,
  })
})

for (const [what, place] of [
  [
    'link',
    (path: string) => {
      symlinkSync('/etc/passwd', path)
    },
  ],
  ['FIFO', (path: string) => execFileSync('mkfifo', [path])],
] as const) {
  t.test(`a ${what} in the image's place and in the configuration's`, async t => {
    const release = '6.1.0-56-amd64'
    const root = join(folder, 'odd_1/boot')
    mkdirSync(root, { recursive: true })
    place(join(root, `config-${release}`))
    const image = kernelImage(release, '6.1.192-1')
    const files = { [`boot/vmlinuz-${release}`]: image }
    const deb = makeDeb(folder, { name: 'odd', version: '1', files })
    t.match(await unpackKernel([deb], 'config'), { config: null })

    rmSync(join(root, `vmlinuz-${release}`))
    place(join(root, `vmlinuz-${release}`))
    const without = makeDeb(folder, { name: 'odd', version: '1' })
    await t.rejects(unpackKernel([without], 'image'), {
      name: 'InputError',
      message: /odd_1.deb holds no kernel image/,
    })
    t.same(readdirSync(join(folder, 'cache/guise/kernels')).length, 1)
  })
}
