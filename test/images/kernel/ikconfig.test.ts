import t from 'tap'
import { findIkconfig } from '../../../images/kernel/ikconfig.js'
import { ikconfig, inParts } from './synthetic.js'

t.test('the configuration between its marks', async t => {
  const built = ikconfig('CONFIG_KVM_GUEST=y\n')
  const data = Buffer.concat([
    Buffer.from('code IKCFG_ST but no data'),
    built,
    Buffer.from('more code'),
  ])
  for (const size of [1, 7, 1000])
    t.equal(await findIkconfig(inParts(data, size)), 'CONFIG_KVM_GUEST=y\n')
  t.equal(await findIkconfig(inParts(Buffer.from('no marks'))), undefined)
  t.equal(await findIkconfig(inParts(built.subarray(0, -8))), undefined, 'no end')
  const damaged = Buffer.from(built)
  damaged.fill(0xff, 12, 24)
  t.equal(await findIkconfig(inParts(damaged)), undefined, 'damaged')
})
