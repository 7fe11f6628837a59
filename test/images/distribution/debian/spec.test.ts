import t from 'tap'
import { parseDebianSpec } from '../../../../images/distribution/debian/spec.js'

t.test('suites and versions', t => {
  const cases = {
    'debian:bookworm': { from: 'debian-suite', suite: 'bookworm', flavour: 'cloud-amd64' },
    'debian:trixie-backports/amd64': {
      from: 'debian-suite',
      suite: 'trixie-backports',
      flavour: 'amd64',
    },
    'debian:6.1': { from: 'debian-version', version: '6.1', flavour: 'cloud-amd64' },
    'debian:6.12.95/rt-amd64': { from: 'debian-version', version: '6.12.95', flavour: 'rt-amd64' },
    'debian:7.3-rc4': { from: 'debian-version', version: '7.3-rc4', flavour: 'cloud-amd64' },
  }
  for (const [spec, expected] of Object.entries(cases))
    t.strictSame(parseDebianSpec(spec), expected, spec)
  t.end()
})

t.test('what is neither is refused', t => {
  for (const spec of [
    'debian:',
    'debian:Bookworm',
    'debian:6.',
    'debian:6.1.x',
    'debian:/amd64',
    'debian:../x',
  ]) {
    t.throws(
      () => parseDebianSpec(spec),
      { name: 'InputError', message: /expected debian:SUITE/ },
      spec,
    )
  }
  t.throws(() => parseDebianSpec('debian:6.1/arm64'), {
    name: 'InputError',
    message: /cloud-amd64, amd64, rt-amd64.*got arm64/,
  })
  t.throws(() => parseDebianSpec('debian:6.1/'), { name: 'InputError', message: /got nothing/ })
  t.end()
})
