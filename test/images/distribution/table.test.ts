import t from 'tap'
import {
  distributionOf,
  distributions,
  fetchableQemus,
  specForms,
} from '../../../images/distribution/table.js'
import { inRange } from '../../../runner/scenario/condition.js'

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

t.test('the QEMUs that are taken unasked are suites, the one of several CPUs first', t => {
  t.ok(fetchableQemus.length > 0)
  for (const { spec, versions } of fetchableQemus) {
    t.ok(
      distributionOf(spec)?.qemus.some(qemu => qemu.spec === spec),
      spec,
    )
    t.ok(
      ['5.2', '7.2', '10.0', '11.1'].some(series => inRange(`${series}.1`, versions)),
      versions,
    )
  }
  t.equal(fetchableQemus[0]?.spec, 'debian:trixie')
  t.equal(inRange('10.0.13', fetchableQemus[0]?.versions), true)
  t.equal(inRange('10.1.0', fetchableQemus[0]?.versions), false)
  t.end()
})
