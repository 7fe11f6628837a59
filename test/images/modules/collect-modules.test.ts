import t from 'tap'
import { collectModules } from '../../../images/modules/collect-modules.js'
import type { FindModule } from '../../../images/modules/module-folder.js'

const find: FindModule = name =>
  Promise.resolve(
    name === 'virtio'
      ? { kind: 'built-in' }
      : name === 'none' || name === 'neither'
        ? { kind: 'absent' }
        : { kind: 'file', content: Buffer.from(name), depends: name === 'e1000' ? ['mii'] : [] },
  )

t.test('a module is loaded with its options, after what it needs', async t => {
  const collected = await collectModules(
    find,
    new Map([
      ['e1000', 'debug=16 copybreak=0'],
      ['virtio', 'ignored=1'],
      ['sd_mod', ''],
    ]),
  )
  if ('absent' in collected) return t.fail('something is absent')
  t.same(
    collected.files.map(({ path, content }) => [path, Buffer.from(content).toString()]),
    [
      ['modules/load', 'mii.ko\ne1000.ko debug=16 copybreak=0\nsd_mod.ko\n'],
      ['modules/mii.ko', 'mii'],
      ['modules/e1000.ko', 'e1000'],
      ['modules/sd_mod.ko', 'sd_mod'],
    ],
  )
})

t.test('what the kernel does not have is told by its names', async t => {
  const wanted = new Map(['none', 'sd_mod', 'neither'].map(name => [name, '']))
  t.same(await collectModules(find, wanted), { absent: ['none', 'neither'] })
})
