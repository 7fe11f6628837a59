import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execaSync } from 'execa'
import { bzImage } from '../../kernel/synthetic.js'

/** A package to put into an archive. */
export interface FakePackage {
  readonly name: string
  readonly version: string
  readonly source?: string
  readonly depends?: string
  /** Content by path; an empty package without. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
}

/** The files of a kernel as Debian packaged them until 6.18, with a banner that has them right. */
export function kernelFiles(release: string, version: string): Record<string, string | Uint8Array> {
  return {
    [`boot/vmlinuz-${release}`]: kernelImage(release, version),
    [`boot/config-${release}`]: `CONFIG_KVM_GUEST=y\nCONFIG_DEFAULT_HOSTNAME="${version}"\n`,
  }
}

/** An image whose banner states a Debian release and version. */
export function kernelImage(release: string, version: string): Buffer {
  return bzImage({
    banner: `${release} (debian-kernel@lists.debian.org) #1 SMP Debian ${version} (2026-11-10)`,
  })
}

/** Makes a .deb with the machine's own dpkg-deb. */
export function makeDeb(
  folder: string,
  { name, version, source, depends, files = {} }: FakePackage,
): string {
  const root = join(folder, `${name}_${version}`)
  const control = [
    `Package: ${name}`,
    ...(source === undefined ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: nobody <nobody@example.org>',
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    'Description: a package of a test',
  ]
  write(join(root, 'DEBIAN/control'), control.join('\n') + '\n')
  for (const [path, content] of Object.entries(files)) write(join(root, path), content)
  const deb = `${root}.deb`
  execaSync('dpkg-deb', ['--build', '--root-owner-group', '-Zgzip', root, deb])
  return deb
}

/**
 * Makes an archive in `folder`/debian (or another name) that apt can read, and returns its `file:` address.
 *
 * @param suites - the packages of each suite
 */
export function makeArchive(
  folder: string,
  suites: Readonly<Record<string, readonly FakePackage[]>>,
  name = 'debian',
): string {
  const root = join(folder, name)
  mkdirSync(join(root, 'pool'), { recursive: true })
  for (const [suite, packages] of Object.entries(suites)) {
    const stanzas = packages.map(fake => {
      const deb = makeDeb(join(root, 'pool'), fake)
      const control = execaSync('dpkg-deb', ['--field', deb]).stdout
      return [
        control,
        `Filename: pool/${fake.name}_${fake.version}.deb`,
        `Size: ${statSync(deb).size}`,
        `SHA256: ${sha256(readFileSync(deb))}`,
      ].join('\n')
    })
    const lists = stanzas.map(stanza => `${stanza}\n\n`).join('')
    const dist = join(root, 'dists', suite)
    write(join(dist, 'main/binary-amd64/Packages'), lists)
    write(
      join(dist, 'Release'),
      `Suite: ${suite}\nCodename: ${suite}\nArchitectures: amd64\nComponents: main\n` +
        `Date: ${new Date().toUTCString().replace('GMT', 'UTC')}\n` +
        `SHA256:\n ${sha256(Buffer.from(lists))} ${Buffer.byteLength(lists)} main/binary-amd64/Packages\n`,
    )
  }
  return `file:${root}`
}

/** Has apt, run by this process from now on, take these for the machine's sources: file name and content. */
export function setMachineSources(folder: string, files: Readonly<Record<string, string>>): void {
  const parts = join(folder, 'etc')
  mkdirSync(parts, { recursive: true })
  for (const [name, content] of Object.entries(files)) write(join(parts, name), content)
  const config = join(folder, 'machine.conf')
  write(config, `Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "${parts}";\n`)
  process.env.APT_CONFIG = config
}

function write(path: string, content: string | Uint8Array) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function sha256(bytes: Uint8Array) {
  return createHash('sha256').update(bytes).digest('hex')
}
