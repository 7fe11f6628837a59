/**
 * One repository that the machine's apt is set up for. `options` are its deb822 fields that say whom to trust and how
 * strictly, as they stand there.
 */
export interface AptSource {
  readonly uri: string
  readonly suites: readonly string[]
  readonly components: readonly string[]
  readonly options: Readonly<Record<string, string>>
}

/** The options that go with a repository to another suite of it (sources.list(5)); the others choose what is downloaded. */
const keptOptions = [
  'Signed-By',
  'Trusted',
  'Allow-Insecure',
  'Allow-Weak',
  'Allow-Downgrade-To-Insecure',
  'Check-Valid-Until',
  'Valid-Until-Min',
  'Valid-Until-Max',
  'Check-Date',
  'Date-Max-Future',
  'By-Hash',
]

/** Reads a file of the one-line form, `deb [option=value ...] URI SUITE COMPONENT...`; binary packages only. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    if (match === null) return []
    const [, options = '', uri = '', suite = '', components = ''] = match
    const fields = words(options).map(option => split(option, '='))
    return [{ uri, suites: [suite], components: words(components), options: kept(fields) }]
  })
}

/** Reads a file of the deb822 form; binary packages of enabled stanzas only, one source per URI. */
export function parseDeb822Sources(text: string): AptSource[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, '')
  return withoutComments.split(/\n\s*\n/).flatMap(stanza => {
    // A line that begins with a blank continues the field above it, as a key in a Signed-By does.
    const fields = stanza.split(/\n(?=\S)/).map(field => split(field.trim(), ':'))
    const field = (name: string) => fields.find(([key]) => key.toLowerCase() === name)?.[1] ?? ''
    if (
      !words(field('types')).includes('deb') ||
      /^(no|false|without|off|disable|0)$/i.test(field('enabled'))
    )
      return []
    return words(field('uris')).map(uri => ({
      uri,
      suites: words(field('suites')),
      components: words(field('components')),
      options: kept(fields),
    }))
  })
}

/**
 * The source to take Debian suites from: the archive, or, for suites like `bookworm-security`, the security archive. Other
 * vendors name their suites like Debian's, too, so Debian's own key ring or an address that ends like Debian's is asked for.
 */
export function debianSource(
  sources: readonly AptSource[],
  security: boolean,
): AptSource | undefined {
  return sources
    .filter(
      ({ components, suites }) =>
        components.includes('main') && suites.some(isSecuritySuite) === security,
    )
    .map(source => ({ source, likeness: likeness(source) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)[0]?.source
}

/** Whether a suite is one of the security archive; `buster/updates` was the last of the older names. */
export function isSecuritySuite(suite: string): boolean {
  return suite.endsWith('-security') || suite.endsWith('/updates')
}

function likeness({ uri, options }: AptSource): number {
  if (uri.startsWith('cdrom:')) return 0
  const debiansKey = /debian-archive/.test(options['Signed-By'] ?? '') ? 2 : 0
  return debiansKey + (/\/debian[^/]*\/*$/.test(uri) ? 1 : 0)
}

/** The same repository's suite as a deb822 stanza, for the package lists of amd64's main component alone. */
export function suiteStanza({ uri, options }: AptSource, suite: string): string {
  const fields = {
    Types: 'deb',
    URIs: uri,
    Suites: suite,
    Components: 'main',
    Architectures: 'amd64',
    Targets: 'Packages',
    ...options,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

function kept(fields: readonly [string, string][]): Record<string, string> {
  return Object.fromEntries(
    keptOptions.flatMap(name => {
      const value = fields.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at === -1
    ? [text, '']
    : [text.slice(0, at).trim(), text.slice(at + 1).replace(/^[ \t]+/, '')]
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}
