import t from 'tap'
import { explainClosed } from '../../runner/launch/kvm-access.js'

t.test('who has no right is told the group that has it', t => {
  const text = explainClosed('EACCES', { mode: 0o20660, group: 'kvm' })
  t.match(text, /^\/dev\/kvm does not open: EACCES: add yourself to group kvm \(/)
  t.match(explainClosed('EACCES', { mode: 0o20660, group: 'virt' }), 'usermod -aG virt ')
  t.end()
})

t.test('where no group would help, that is said', t => {
  t.match(explainClosed('EACCES', { mode: 0o20600, group: 'kvm' }), /mode 600 .* only its owner/)
  t.match(explainClosed('EACCES', { mode: 0o20660, group: 'root' }), 'only its owner')
  t.end()
})

t.test('where there is none, the module is named', t => {
  t.match(explainClosed('ENOENT', null), 'kvm_amd or kvm_intel')
  t.match(explainClosed('ENODEV', { mode: 0o20660, group: 'kvm' }), 'is not loaded')
  t.end()
})
