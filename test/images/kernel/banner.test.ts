import t from 'tap'
import { inParts } from './synthetic.js'
import { findBanner, readBanner } from '../../../images/kernel/banner.js'

t.test('release and upstream version', t => {
  const cases: [banner: string, release: string, version: string][] = [
    // Debian, as its images of 5.10, 6.1, 6.12 and 7.3 have it.
    [
      '5.10.0-46-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP Debian 5.10.262-1 (2026-07-31)',
      '5.10.0-46-cloud-amd64',
      '5.10.262',
    ],
    [
      '6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)',
      '6.1.0-56-cloud-amd64',
      '6.1.192',
    ],
    [
      '6.12.95+deb12-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.12.95-1~bpo12+1 (2026-07-05)',
      '6.12.95+deb12-amd64',
      '6.12.95',
    ],
    [
      '7.3.4+deb13-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 7.3.4-1~bpo13+1 (2026-11-15)',
      '7.3.4+deb13-cloud-amd64',
      '7.3.4',
    ],
    [
      '7.3-rc4-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 7.3~rc4-1~exp1 (2026-10-01)',
      '7.3-rc4-amd64',
      '7.3.0-rc4',
    ],
    // A vmlinux names the compiler, whose version is Debian's, too.
    [
      'Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-1 (2026-11-10)',
      '6.1.0-56-amd64',
      '6.1.192',
    ],
    [
      'Linux version 6.6.30 (dev@box) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #3 SMP PREEMPT_DYNAMIC Tue Nov 10 10:00:00 UTC 2026',
      '6.6.30',
      '6.6.30',
    ],
    // Built from Git, and other distributions.
    [
      '6.19.0-rc3+ (dev@box) #7 SMP PREEMPT_DYNAMIC Tue Nov 10 10:00:00 UTC 2026',
      '6.19.0-rc3+',
      '6.19.0-rc3',
    ],
    [
      '6.19.0-rc3-next-20260115-g0123abc (dev@box) #1 SMP Thu Jan 15 10:00:00 UTC 2026',
      '6.19.0-rc3-next-20260115-g0123abc',
      '6.19.0-rc3',
    ],
    [
      '5.15.0-91-generic (buildd@lcy02) #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023',
      '5.15.0-91-generic',
      '5.15.0',
    ],
    [
      '5.14.0-427.el9.x86_64 (mockbuild@x86) #1 SMP PREEMPT_DYNAMIC Thu Mar 14 2024',
      '5.14.0-427.el9.x86_64',
      '5.14.0',
    ],
  ]
  for (const [banner, release, version] of cases)
    t.strictSame(readBanner(banner), { release, version }, banner)
  for (const odd of ['', 'Linux', 'x6.1.0', 'Linux version %s (%s)'])
    t.equal(readBanner(odd), undefined, odd)
  t.end()
})

t.test('the banner in data, not the format strings beside it', async t => {
  const data = Buffer.from(
    'junk\0Linux version %s (%s)\n\0Linux version 6.6.30 (dev@box) #3 SMP\n\0more',
  )
  for (const size of [1, 7, 1000])
    t.equal(await findBanner(inParts(data, size)), 'Linux version 6.6.30 (dev@box) #3 SMP')
  t.equal(await findBanner(inParts(Buffer.from('Linux version %s\0'))), undefined)
  t.equal(await findBanner(inParts(Buffer.alloc(0))), undefined)
})

t.test('a release that would be more than a name', t => {
  for (const release of [
    '6.1/../../../ESCAPED',
    '6.1..2',
    '6.1\u001b[31m',
    '6.1\u009b31m',
    '6.1\\x',
    '6.1$(id)',
    `6.1-${'x'.repeat(80)}`,
  ]) {
    for (const start of ['', 'Linux version '])
      t.equal(readBanner(`${start}${release} (dev@box) #1 SMP`), undefined, release)
  }
  t.equal(readBanner('6.1.0 (dev\u001b]0;title\u0007@box) #1'), undefined)
  t.match(readBanner('6.19.0-rc3-next-20260101+ (d@b) #1'), { version: '6.19.0-rc3' })
  t.end()
})
