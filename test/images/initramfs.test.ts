import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import t from 'tap'
import { cacheFolder } from '../../runner/cache/files.js'
import { buildInitramfs, guestInitramfs } from '../../images/initramfs.js'
import { elfFile } from './elf-file.js'

t.beforeEach(t => {
  process.env.XDG_CACHE_HOME = t.testdir({ init: 'a program' })
})

const program = () => join(process.env.XDG_CACHE_HOME ?? '', 'init')

t.test('init and its mount points, in the cache', async t => {
  const image = await buildInitramfs({ init: program() })
  t.equal(image.path, join(cacheFolder(), 'initramfs', `${image.sha256}.cpio`))
  const listing = execaSync('cpio', ['--quiet', '-tv'], { inputFile: image.path }).stdout
  t.strictSame(
    listing.split('\n').map(line => [line.slice(0, 10), line.split(' ').at(-1)]),
    [
      ['drwxr-xr-x', 'dev'],
      ['-rwxr-xr-x', 'init'],
      ['drwxr-xr-x', 'proc'],
      ['drwxr-xr-x', 'sys'],
    ],
  )
  t.equal(
    execaSync('cpio', ['--quiet', '-i', '--to-stdout', 'init'], { inputFile: image.path }).stdout,
    'a program',
  )
})

t.test('it is the same image while the content is the same', async t => {
  const first = await buildInitramfs({ init: program() })
  t.same(await buildInitramfs({ init: program() }), first)
  writeFileSync(program(), 'another program')
  t.not((await buildInitramfs({ init: program() })).path, first.path)
})

t.test('more files go in beside it', async t => {
  const content = Buffer.from('a module')
  const image = await buildInitramfs({
    init: program(),
    files: [{ type: 'file', path: 'lib/kvm.ko', mode: 0o644, content }],
  })
  t.ok(readFileSync(image.path).includes(content))
})

t.test('a guest has the modules that it asks for, or the reason why not', async t => {
  const tree = t.testdir({
    init: 'a program',
    'modules.order': 'a.ko\n',
    'a.ko': elfFile({ '.modinfo': Buffer.from('depends=\0') }),
  })
  const kernel = { release: '6.1.0', modules: { from: 'tree', path: tree } } as const
  const image = await guestInitramfs({ init: join(tree, 'init') }, kernel, ['a'])
  if ('unavailable' in image) throw new Error(image.unavailable)
  const listing = execaSync('cpio', ['--quiet', '-t'], { inputFile: image.path }).stdout
  const names = ['dev', 'init', 'modules', 'modules/a.ko', 'modules/load', 'proc', 'sys']
  t.same(listing.split('\n').sort(), names)
  t.same(await guestInitramfs({ init: join(tree, 'init') }, kernel, ['b']), {
    unavailable: 'this kernel has no module b',
  })
})

t.test('a missing init says what builds it', async t => {
  await t.rejects(buildInitramfs({ init: join(t.testdirName, 'none') }), {
    name: 'EnvironmentError',
    message: /init cannot be read at .*none; run scripts\/quickstart/,
    cause: { code: 'ENOENT' },
  })
})
