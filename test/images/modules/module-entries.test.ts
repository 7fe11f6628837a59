import t from 'tap'
import { moduleEntries } from '../../../images/modules/module-entries.js'

t.test('the list names the files in their order, with their options', t => {
  const content = Buffer.from('x')
  const entries = moduleEntries([
    { name: 'kvm', content, options: 'halt_poll_ns=0' },
    { name: 'kvm_amd', content, options: '' },
    { name: 'b', content },
  ])
  t.same(
    entries.map(({ path }) => path),
    ['modules/load', 'modules/kvm.ko', 'modules/kvm_amd.ko', 'modules/b.ko'],
  )
  t.equal(String(entries[0]?.content), 'kvm.ko halt_poll_ns=0\nkvm_amd.ko\nb.ko\n')
  t.end()
})

t.test('no modules, no files', t => {
  t.same(moduleEntries([]), [])
  t.end()
})
