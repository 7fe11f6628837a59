import t from 'tap'
import { findIkconfig } from '../../../images/kernel/ikconfig.js'
import { ikconfig } from './synthetic.js'

t.test('the configuration between its marks', t => {
  const built = ikconfig('CONFIG_KVM_GUEST=y\n')
  const data = Buffer.concat([
    Buffer.from('code IKCFG_ST but no data'),
    built,
    Buffer.from('more code'),
  ])
  t.equal(findIkconfig(data), 'CONFIG_KVM_GUEST=y\n')
  t.equal(findIkconfig(Buffer.from('no marks')), undefined)
  t.equal(findIkconfig(built.subarray(0, -8)), undefined, 'no end')
  const damaged = Buffer.from(built)
  damaged.fill(0xff, 12, 24)
  t.equal(findIkconfig(damaged), undefined, 'damaged')
  t.end()
})
