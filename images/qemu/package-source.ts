import { basename, join } from 'node:path'
import { EnvironmentError } from '../../runner/errors.js'
import { SuiteApt } from '../distribution/debian/apt.js'
import { fetchPackage } from '../distribution/debian/fetch.js'
import { unpackPackage } from '../distribution/debian/unpack-package.js'
import type { ResolveOptions } from '../kernel/kernel.js'
import { readStanzas, type PackageStanza } from '../distribution/debian/package-stanza.js'

/** The packages of one Debian suite: what they depend on, and what is in them. */
export interface PackageSource {
  /** What the suite says of these; names that it does not have are left out. */
  describe(names: readonly string[]): Promise<readonly PackageStanza[]>
  /** The paths of a package's files and links, unpacked. */
  files(name: string): Promise<readonly string[]>
}

/** The suite's packages by the machine's own apt, unpacked into a folder and never installed. */
export class SuitePackages implements PackageSource {
  readonly #suite: string
  readonly #folder: string
  readonly #expected: number
  readonly #options: ResolveOptions
  readonly #facts = new Map<string, PackageStanza | null>()
  readonly #files = new Map<string, readonly string[]>()
  #isUpdated = false
  #bytes = 0

  /**
   * @param folder - an empty folder to unpack into
   * @param expected - how many packages will be asked for, nearly
   */
  constructor(suite: string, folder: string, expected: number, options: ResolveOptions) {
    this.#suite = suite
    this.#folder = folder
    this.#expected = expected
    this.#options = options
  }

  /** The packages unpacked so far, with their versions. */
  get unpacked(): readonly PackageStanza[] {
    return [...this.#files.keys()].sort().flatMap(name => this.#facts.get(name) ?? [])
  }

  /** @throws EnvironmentError when the mirror cannot be asked */
  async describe(names: readonly string[]): Promise<readonly PackageStanza[]> {
    const unknown = names.filter(name => !this.#facts.has(name))
    if (unknown.length > 0) await this.#ask(unknown)
    return names.flatMap(name => this.#facts.get(name) ?? [])
  }

  /** @throws EnvironmentError when the package cannot be fetched or unpacked */
  async files(name: string): Promise<readonly string[]> {
    const before = this.#files.get(name)
    if (before) return before
    const [facts] = await this.describe([name])
    if (!facts) throw new EnvironmentError(`Debian's suite ${this.#suite} has no package ${name}`)
    const { signal } = this.#options
    let downloaded = false as boolean
    const { path, bytes } = await fetchPackage(this.#suite, name, facts.version, {
      ...(signal && { signal }),
      // It says nothing of what is in the cache.
      onProgress: () => {
        downloaded = true
        this.#tellDownload()
      },
    })
    const files = await unpackPackage(path, join(this.#folder, name), { signal })
    this.#files.set(name, files)
    this.#bytes += bytes
    if (downloaded) this.#tellDownload()
    return files
  }

  #tellDownload(): void {
    const done = this.#files.size
    const total = Math.max(this.#expected, done)
    this.#options.onProgress?.({ kind: 'download', done, total, bytes: this.#bytes })
  }

  async #ask(names: readonly string[]): Promise<void> {
    await using apt = await SuiteApt.open(this.#suite, this.#options.signal)
    if (!this.#isUpdated && !(await apt.update())) {
      throw new EnvironmentError(
        `the mirror in this machine's apt sources has no suite ${this.#suite}`,
      )
    }
    this.#isUpdated = true
    // Of several versions of a package the first stands, which is the one apt would install.
    const stanzas = readStanzas(await apt.show(names.map(exactly))).toReversed()
    const found = new Map(stanzas.map(stanza => [stanza.name, stanza]))
    for (const name of names) this.#facts.set(name, found.get(name) ?? null)
  }
}

/** The one of these files that has this name; a package holds a library or a firmware once. */
export function fileNamed(files: readonly string[], name: string): string | undefined {
  return files.find(path => basename(path) === name)
}

// libstdc++6 is a name, and a regular expression.
function exactly(name: string): string {
  return `^${name.replaceAll(/[.+]/g, '[$&]')}$`
}
