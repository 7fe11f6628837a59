import t from 'tap'
import { distributionOf, distributions, specForms } from '../../../images/distribution/table.js'

t.test('a KERNEL SPEC names its distribution before the colon; all else is a path', t => {
  for (const distribution of distributions) {
    t.equal(distributionOf(`${distribution.name}:`), distribution)
    t.ok(distribution.specForms.every(form => distributionOf(form) === distribution))
  }
  t.equal(distributionOf('debian:bookworm')?.title, 'Debian')
  for (const path of ['./debian:odd', '/boot/vmlinuz', 'bzImage', 'debian', 'Debian:sid', ''])
    t.equal(distributionOf(path), undefined, path)
  t.equal(specForms(), 'debian:SUITE or debian:VERSION')
  t.end()
})
