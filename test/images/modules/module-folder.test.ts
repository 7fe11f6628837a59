import { join } from 'node:path'
import t from 'tap'
import {
  findModule,
  installedModules,
  moduleFolder,
  treeModules,
} from '../../../images/modules/module-folder.js'
import { moduleThatNeeds } from './module-files.js'

t.test('the modules of an installed kernel', async t => {
  const root = t.testdir({
    '6.1.0': {
      'modules.builtin': 'kernel/drivers/virtio/virtio-ring.ko\n',
      kernel: { drivers: { 'kvm-amd.ko': moduleThatNeeds('kvm', 'i2c-algo-bit') } },
      source: t.fixture('symlink', '/nowhere.ko'),
    },
  })
  const folder = await installedModules('6.1.0', root)
  t.same([...folder.files.keys()], ['kvm_amd'])
  t.same(await findModule(folder, 'kvm_amd'), {
    kind: 'file',
    content: moduleThatNeeds('kvm', 'i2c-algo-bit'),
    depends: ['kvm', 'i2c_algo_bit'],
  })
  t.same(await findModule(folder, 'virtio_ring'), { kind: 'built-in' })
  t.same(await findModule(folder, 'kvm'), { kind: 'absent' })
  await t.rejects(installedModules('6.2.0', root), {
    name: 'EnvironmentError',
    message: /^there is no \S+\/6\.2\.0 on this machine; /,
  })
})

t.test('the modules of a build tree, by its own list', async t => {
  const tree = t.testdir({
    old: { 'modules.order': 'kernel/fs/a.ko\n', fs: { 'a.ko': moduleThatNeeds() } },
    new: {
      'modules.order': 'fs/a.o\nfs/b.o\n',
      'modules.builtin': 'kernel/fs/c.ko\n',
      fs: { 'a.ko': moduleThatNeeds('b') },
    },
    none: {},
  })
  t.match(await findModule(await treeModules(join(tree, 'old')), 'a'), { kind: 'file' })
  const folder = await treeModules(join(tree, 'new'))
  t.same(await findModule(folder, 'a'), {
    kind: 'file',
    content: moduleThatNeeds('b'),
    depends: ['b'],
  })
  t.match(await findModule(folder, 'c'), { kind: 'built-in' })
  await t.rejects(findModule(folder, 'b'), { message: /new\/fs\/b\.ko cannot be read/ })
  await t.rejects(treeModules(join(tree, 'none')), {
    name: 'EnvironmentError',
    message: /none has no modules\.order yet; build it with `make modules`/,
  })
})

t.test('a file that is no module', async t => {
  const path = join(t.testdir({ 'a.ko': 'text' }), 'a.ko')
  await t.rejects(findModule(await moduleFolder([path]), 'a'), {
    name: 'EnvironmentError',
    message: /a\.ko is no kernel module: /,
  })
})

t.test('no list leads out of its tree', async t => {
  const folder = t.testdir({
    tree: { 'modules.order': 'fs/a.o\n../out.o\nfs/../../out.o\nfs/..b.o\n' },
    'out.ko': moduleThatNeeds(),
  })
  const { files } = await treeModules(join(folder, 'tree'))
  t.same(
    [...files.values()],
    ['fs/a.ko', 'fs/..b.ko'].map(path => join(folder, 'tree', path)),
  )
})
