import t from 'tap'
import { loadOrder, moduleDependencies } from '../../../images/modules/module-order.js'
import { elfFile } from '../elf-file.js'

function moduleThatSays(...entries: readonly string[]): Buffer {
  return elfFile({
    '.text': Buffer.from('depends=code\0'),
    '.modinfo': Buffer.from(entries.map(entry => `${entry}\0`).join('')),
  })
}

t.test('what a module needs stands in its .modinfo', t => {
  t.same(moduleDependencies(moduleThatSays('license=GPL', 'depends=irqbypass,ccp', 'name=kvm')), [
    'irqbypass',
    'ccp',
  ])
  t.same(moduleDependencies(moduleThatSays('depends=', 'softdep=pre: x')), [])
  t.same(moduleDependencies(moduleThatSays('license=GPL')), [])
  t.throws(() => moduleDependencies(elfFile({ '.text': Buffer.from('x') })), TypeError)
  t.throws(() => moduleDependencies(Buffer.from('\xfd7zXZ')), TypeError)
  t.throws(() => moduleDependencies(moduleThatSays('depends=').subarray(0, -1)), TypeError)
  t.end()
})

await t.test('a module is loaded behind those it needs, and once', async t => {
  const needs: Record<string, string[]> = {
    'kvm-amd': ['kvm', 'ccp'],
    kvm: ['irqbypass'],
    ccp: ['irqbypass'],
    irqbypass: [],
  }
  t.same(await loadOrder(['kvm-amd', 'kvm'], name => Promise.resolve(needs[name] ?? [])), [
    'irqbypass',
    'kvm',
    'ccp',
    'kvm-amd',
  ])
})
