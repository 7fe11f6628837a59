/** What a suite's lists say of a package, as far as the nested host needs it. */
export interface PackageFacts {
  readonly name: string
  /** Its whole Debian version. */
  readonly version: string
  /** The names of the packages it depends on, alternatives and names of virtual packages among them. */
  readonly depends: readonly string[]
}

/**
 * Reads the stanzas of `apt-cache show` (deb-control(5)). Where a suite has several versions of a package, the first
 * stands, which is the one apt would install.
 */
export function parsePackages(lists: string): Map<string, PackageFacts> {
  const packages = new Map<string, PackageFacts>()
  for (const stanza of lists.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1]?.trim()
    const [name, version] = [field('Package'), field('Version')]
    if (name === undefined || version === undefined || packages.has(name)) continue
    const depends = [field('Pre-Depends'), field('Depends')]
      .flatMap(list => (list ?? '').split(/[,|]/))
      .map(text => text.trim().split(/[\s:(]/, 1)[0] ?? '')
      .filter(text => text !== '')
    packages.set(name, { name, version, depends: [...new Set(depends)] })
  }
  return packages
}
