/** What a suite's lists say of a package, as far as guise needs it. */
export interface PackageStanza {
  readonly name: string
  /** Its whole Debian version. */
  readonly version: string
  /** The name of the source package that it is built from. */
  readonly source: string
  /** The names of the packages it depends on, alternatives and names of virtual packages among them. */
  readonly depends: readonly string[]
}

/** Reads the stanzas that `apt-cache show` prints (deb-control(5)), in their order. */
export function readStanzas(lists: string): PackageStanza[] {
  return lists.split(/\n\n+/).flatMap(stanza => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''
    const [name, version] = [field('Package').trim(), field('Version').trim()]
    if (name === '' || version === '') return []
    const depends = [field('Pre-Depends'), field('Depends')]
      .flatMap(list => list.split(/[,|]/))
      .map(firstWord)
      .filter(word => word !== '')
    const source = firstWord(field('Source')) || name
    return [{ name, version, source, depends: [...new Set(depends)] }]
  })
}

/** A package's name before its version or architecture: `libc6:any (>= 2.38)` is libc6. */
function firstWord(text: string): string {
  return text.trim().split(/[\s:(]/, 1)[0] ?? ''
}
