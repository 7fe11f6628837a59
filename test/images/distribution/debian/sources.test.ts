import t from 'tap'
import {
  debianSource,
  parseDeb822Sources,
  parseSourcesList,
  suiteStanza,
} from '../../../../images/distribution/debian/sources.js'

t.test('the one-line form', t => {
  const text = `
# deb http://commented.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # the archive
deb-src http://mirror.example/debian bookworm main
deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no ] https://mirror.example/debian-security bookworm-security main
`
  t.strictSame(parseSourcesList(text), [
    {
      uri: 'http://mirror.example/debian',
      suites: ['bookworm'],
      components: ['main', 'contrib'],
      options: {},
    },
    {
      uri: 'https://mirror.example/debian-security',
      suites: ['bookworm-security'],
      components: ['main'],
      options: {
        'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg',
        'Check-Valid-Until': 'no',
      },
    },
  ])
  t.end()
})

// sources.list(5): these say whom to trust and how strictly, and go with the repository; the others choose what is downloaded.
t.test('each option of trust goes with a repository, and no other does', t => {
  const options = {
    'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg',
    Trusted: 'yes',
    'Allow-Insecure': 'yes',
    'Allow-Weak': 'yes',
    'Allow-Downgrade-To-Insecure': 'yes',
    'Check-Valid-Until': 'no',
    'Valid-Until-Min': '3600',
    'Valid-Until-Max': '86400',
    'Check-Date': 'no',
    'Date-Max-Future': '600',
    'By-Hash': 'force',
  }
  const others = { Languages: 'de', Architectures: 'i386', Targets: 'Contents-deb', PDiffs: 'no' }
  const fields = Object.entries({ ...options, ...others })
  const inLine = fields.map(([name, value]) => `${name.toLowerCase()}=${value}`).join('  ')
  const [line] = parseSourcesList(`deb [ ${inLine} ] http://mirror.example/debian sid main\n`)
  t.strictSame(line?.options, options)
  const stanza = ['Types: deb', 'URIs: http://mirror.example/debian', 'Suites: sid']
    .concat(fields.map(([name, value]) => `${name}: ${value}`))
    .join('\n')
  t.strictSame(parseDeb822Sources(stanza)[0]?.options, options)
  t.end()
})

t.test('every way to write that a stanza is disabled', t => {
  const stanza = (enabled: string) =>
    parseDeb822Sources(`Types: deb\nURIs: http://a/debian\nSuites: sid\nEnabled: ${enabled}\n`)
  for (const word of ['no', 'false', 'without', 'off', 'disable', '0', 'No']) {
    t.strictSame(stanza(word), [], word)
  }
  for (const word of ['yes', 'true', '1', '']) t.equal(stanza(word).length, 1, word)
  t.end()
})

t.test('blanks of any number stand between words', t => {
  const [source] = parseSourcesList('deb  http://a/debian \t sid  main   contrib\tnon-free \n')
  t.strictSame(source?.components, ['main', 'contrib', 'non-free'])
  t.end()
})

t.test('the deb822 form', t => {
  const text = `# a comment
Types: deb deb-src
URIs: http://mirror.example/debian http://other.example/debian/
Suites: bookworm
 bookworm-updates
# a comment inside
components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBGPL0BUBEADmW5NdOOHwPIJlgPu6JDcKw/NZJPR8lsD3K87ZM18gzyQZJD+w
 -----END PGP PUBLIC KEY BLOCK-----
Languages: de

Types: deb-src
URIs: http://sources.example/debian
Suites: sid
Components: main

Types: deb
Enabled: no
URIs: http://disabled.example/debian
Suites: sid
Components: main
`
  const [first, second, ...rest] = parseDeb822Sources(text)
  t.strictSame(rest, [])
  t.equal(first?.uri, 'http://mirror.example/debian')
  t.strictSame(first?.suites, ['bookworm', 'bookworm-updates'])
  t.strictSame(first?.components, ['main'])
  t.equal(second?.uri, 'http://other.example/debian/')
  t.strictSame(Object.keys(first?.options ?? {}), ['Signed-By'])
  t.match(
    first?.options['Signed-By'],
    /^\n -----BEGIN[^]*\n \.\n mQIN[^]*END PGP PUBLIC KEY BLOCK-----$/,
  )
  t.strictSame(parseDeb822Sources(''), [])
  t.end()
})

t.test('the source to take Debian from, among those of other vendors', t => {
  const source = (uri: string, suite: string, component = 'main', key = '') => ({
    uri,
    suites: [suite],
    components: [component],
    options: key === '' ? {} : { 'Signed-By': key },
  })
  const sources = [
    source('cdrom:[Debian GNU/Linux 12]/', 'bookworm'),
    source('https://download.example/linux/debian', 'bookworm', 'stable'),
    source('https://vendor.example/apt', 'bookworm'),
    source('http://plain.example/debian', 'bookworm'),
    source(
      'http://mirror.example/debian/',
      'trixie',
      'main',
      '/usr/share/keyrings/debian-archive-keyring.gpg',
    ),
    source('http://mirror.example/debian-security', 'bookworm-security'),
  ]
  t.equal(debianSource(sources, false)?.uri, 'http://mirror.example/debian/')
  t.equal(debianSource(sources, true)?.uri, 'http://mirror.example/debian-security')
  t.equal(debianSource(sources.slice(0, 4), false)?.uri, 'http://plain.example/debian')
  t.equal(debianSource(sources.slice(0, 3), false), undefined)
  t.equal(debianSource(sources.slice(0, 5), true), undefined)
  const disc = source('cdrom:[Debian GNU/Linux 12]/debian', 'bookworm')
  t.equal(debianSource([disc], false), undefined, 'a disc has no other suite')
  const listed = source('mirror+file:///etc/apt/mirrors/debian.list', 'bookworm')
  t.equal(debianSource([listed], false), listed)
  t.equal(
    debianSource([source('http://a.example/debian-security', 'buster/updates')], false),
    undefined,
  )
  t.end()
})

t.test('another suite of the same source', t => {
  const [source] = parseSourcesList(
    'deb [trusted=yes arch=i386] http://mirror.example/debian bookworm main contrib',
  )
  t.ok(source)
  if (source === undefined) return
  const stanza = suiteStanza(source, 'trixie-backports')
  t.strictSame(stanza.split('\n'), [
    'Types: deb',
    'URIs: http://mirror.example/debian',
    'Suites: trixie-backports',
    'Components: main',
    'Architectures: amd64',
    'Targets: Packages',
    'Trusted: yes',
    '',
  ])
  const [again] = parseDeb822Sources(stanza)
  t.strictSame(again?.options, source.options)
  t.end()
})
