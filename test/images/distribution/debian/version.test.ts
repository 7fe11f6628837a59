import { execaSync } from 'execa'
import t from 'tap'
import {
  compareDebianVersions,
  upstreamVersion,
} from '../../../../images/distribution/debian/version.js'

// Oldest first.
const sorted = [
  '5.10.223-1',
  '5.10.262-1',
  '6.1.9-1',
  '6.1.190-1~deb11u1',
  '6.1.190-1',
  '6.1.190-1+b1',
  '6.1.190-2',
  '6.1.192-1',
  '6.12.90-1~bpo12+1',
  '6.12.90-2~bpo12+1',
  '6.12.90a-1',
  '6.12.90z-1',
  '6.12.90+a-1',
  '6.12.90.a-1',
  '7.3~rc4-1~exp1',
  '7.3~rc10-1~exp1',
  '7.3-1',
  '7.3.4-1~bpo13+1',
  '7.3.4-1',
  '1:1.0-1',
]

t.test('versions are ordered as dpkg orders them', t => {
  for (const [index, a] of sorted.entries()) {
    for (const [other, b] of sorted.entries()) {
      t.equal(Math.sign(compareDebianVersions(a, b)), Math.sign(index - other), `${a} and ${b}`)
    }
  }
  for (const [index, newer] of sorted.slice(1).entries()) {
    const older = sorted[index] ?? ''
    const { exitCode } = execaSync('dpkg', ['--compare-versions', older, 'lt', newer], {
      reject: false,
    })
    t.equal(exitCode, 0, `dpkg says ${older} < ${newer}`)
  }
  t.end()
})

t.test('the upstream version', t => {
  t.equal(upstreamVersion('6.1.192-1'), '6.1.192')
  t.equal(upstreamVersion('6.12.95-1~bpo12+1'), '6.12.95')
  t.equal(upstreamVersion('7.3~rc4-1~exp1'), '7.3-rc4')
  t.equal(upstreamVersion('1:6.1-2-3'), '6.1-2')
  t.end()
})
