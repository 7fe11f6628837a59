import t from 'tap'
import { matchesVersion, newest } from '../../../../images/distribution/debian/choose.js'

t.test('a version matches at the boundaries of its components', t => {
  const cases: [version: string, asked: string, matches: boolean][] = [
    ['6.1.192', '6.1', true],
    ['6.1.192', '6.1.192', true],
    ['6.1.192', '6', true],
    ['6.12.95', '6.1', false],
    ['6.1.192', '6.1.19', false],
    ['7.3-rc4', '7.3', true],
    ['7.3-rc4', '7.3-rc4', true],
    ['7.3.4', '7.3-rc4', false],
    ['7.3', '7.3.4', false],
  ]
  for (const [version, asked, matches] of cases) {
    t.equal(matchesVersion(version, asked), matches, `${version} for ${asked}`)
  }
  t.end()
})

t.test('the newest is so by its package version', t => {
  const kernel = (version: string) => ({
    suite: 'sid',
    release: version,
    flavour: 'amd64',
    upstream: version,
    version,
    native: true,
    packages: [],
  })
  const kernels = ['6.12.95-1~bpo12+1', '6.12.95-1', '6.12.9-1', '7.3~rc4-1'].map(kernel)
  t.equal(newest(kernels)?.version, '7.3~rc4-1')
  t.equal(newest(kernels.slice(0, 3))?.version, '6.12.95-1')
  const none: ReturnType<typeof kernel>[] = []
  t.equal(newest(none), undefined)
  t.end()
})
