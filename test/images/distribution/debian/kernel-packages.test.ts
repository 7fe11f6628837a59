import t from 'tap'
import {
  listKernels,
  modulePackages,
} from '../../../../images/distribution/debian/kernel-packages.js'

const stanza = (
  name: string,
  version: string,
  depends = 'kmod',
  source = 'linux-signed-amd64 (1+1)',
) => `Package: ${name}\nSource: ${source}\nVersion: ${version}\nDepends: ${depends}\n\n`

const listed = (...stanzas: string[]) =>
  listKernels('suite', stanzas.join('')).map(({ release, packages }) => [release, ...packages])

t.test('all facts of one kernel', t => {
  t.strictSame(listKernels('bookworm', stanza('linux-image-6.1.0-56-cloud-amd64', '6.1.192-1')), [
    {
      suite: 'bookworm',
      release: '6.1.0-56-cloud-amd64',
      flavour: 'cloud-amd64',
      upstream: '6.1.192',
      version: '6.1.192-1',
      native: true,
      packages: ['linux-image-6.1.0-56-cloud-amd64'],
    },
  ])
  t.strictSame(listKernels('bookworm', ''), [])
  t.end()
})

t.test('only kernels that are built to be booted', t => {
  const names = [
    'linux-image-6.1.0-56-amd64',
    'linux-image-6.1.0-56-rt-amd64',
    'linux-image-6.1.0-56-amd64-unsigned',
    'linux-image-6.1.0-56-amd64-dbg',
    'linux-image-amd64',
    'linux-image-6.1.0-56-armmp',
    'linux-headers-6.1.0-56-amd64',
  ]
  t.strictSame(
    listKernels('s', names.map(name => stanza(name, '6.1.192-1')).join('')).map(
      ({ flavour }) => flavour,
    ),
    ['amd64', 'rt-amd64'],
  )
  t.end()
})

t.test('a package that only depends on the newest of a series is none', t => {
  const meta = stanza(
    'linux-image-6.12-amd64',
    '6.12.117-1',
    'linux-image-6.12.117+deb12-amd64 (= 6.12.117-1)',
  )
  t.strictSame(listed(meta), [])
  t.end()
})

t.test('the parts of split packages', t => {
  const depends = (release: string, ...parts: string[]) =>
    [
      'dracut | initramfs-tools (>= 0.120+deb8u2)',
      ...parts.map(part => `${part}-${release} (= 7.3.4-1)`),
    ].join(', ')
  const release = '7.3.4+deb14-amd64'
  const image = stanza(
    `linux-image-${release}`,
    '7.3.4-1',
    depends(release, 'linux-base', 'linux-binary', 'linux-modules'),
  )
  const binary = stanza(`linux-binary-${release}`, '7.3.4-1')
  const base = stanza(`linux-base-${release}`, '7.3.4-1')
  t.strictSame(listed(image, binary, base), [
    [release, `linux-binary-${release}`, `linux-base-${release}`],
  ])
  t.strictSame(
    listed(image, binary),
    [[release, `linux-binary-${release}`]],
    'without its configuration',
  )
  t.strictSame(listed(image, base), [], 'its image is gone from the mirror')
  const otherBinary = stanza(`linux-binary-${release}`, '7.3.4-2')
  t.strictSame(listed(image, otherBinary, base), [], 'its image is of another version')
  // 6.18 had the configuration in both, and the image in one.
  const early = stanza(`linux-image-${release}`, '7.3.4-1', depends(release, 'linux-base'))
  t.strictSame(listed(early, base), [[release, `linux-image-${release}`, `linux-base-${release}`]])
  t.strictSame(listed(early), [[release, `linux-image-${release}`]])
  t.end()
})

t.test('the packages of modules', t => {
  const release = '7.3.4+deb14-amd64'
  const of = (...packages: string[]) =>
    modulePackages({
      suite: 's',
      release,
      flavour: 'amd64',
      upstream: '7.3.4',
      version: '7.3.4-1',
      native: true,
      packages,
    })
  const [image, base] = [`linux-image-${release}`, `linux-base-${release}`]
  t.same(of(image), [image])
  t.same(of(image, base), [image, base])
  t.same(of(`linux-binary-${release}`, base), [base, `linux-modules-${release}`])
  t.same(of(`linux-binary-${release}`), [`linux-modules-${release}`])
  t.end()
})

t.test('kernels brought in from a later release are told apart', t => {
  const lists = [
    stanza('linux-image-5.10.0-46-amd64', '5.10.262-1', 'kmod', 'linux-signed-amd64 (5.10.262+1)'),
    stanza(
      'linux-image-6.1.0-0.deb11.50-amd64',
      '6.1.190-1~deb11u1',
      'kmod',
      'linux-signed-6.1-amd64 (6.1.190+1~deb11u1)',
    ),
    stanza('linux-image-5.10.0-45-amd64', '5.10.261-1', 'kmod', 'linux'),
  ]
  t.strictSame(
    listKernels('s', lists.join('')).map(({ native }) => native),
    [true, false, true],
  )
  t.end()
})
