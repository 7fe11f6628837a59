import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../../../runner/errors.js'
import {
  cacheSubfolder,
  storeFile,
  writeAtomically,
  type CachedFile,
} from '../../../runner/cache/files.js'
import { type HeldLock, lock } from '../../../runner/cache/lock.js'
import { machineSources } from './machine-sources.js'
import { errorsIn, explain, runTool, type Answer } from './run.js'
import { debianSource, isSecuritySuite, suiteStanza, type AptSource } from './sources.js'

/**
 * The machine's apt client with a state of its own for one suite, held by this process alone until disposed of. The state
 * lies in the cache; /var/lib/apt is never touched. The mirror is the one that the machine's own apt sources name, with
 * another suite put in its place; proxies and the like are those of the machine, too.
 */
export class SuiteApt implements AsyncDisposable {
  readonly #suite: string
  readonly #folder: string
  readonly #held: HeldLock
  readonly #signal: AbortSignal | undefined

  private constructor(suite: string, folder: string, held: HeldLock, signal?: AbortSignal) {
    this.#suite = suite
    this.#folder = folder
    this.#held = held
    this.#signal = signal
  }

  /**
   * Waits until no other process has this suite open, and opens it.
   *
   * @throws EnvironmentError when the cache cannot be written
   */
  static async open(suite: string, signal?: AbortSignal): Promise<SuiteApt> {
    const folder = await cacheSubfolder('apt', suite)
    return new SuiteApt(suite, folder, await lock(join(folder, 'lock'), { signal }), signal)
  }

  /**
   * Brings the suite's package lists up to date.
   *
   * @returns false where the mirror has no such suite, or there is no mirror for the security suites
   * @throws EnvironmentError when there is no mirror at all, or it does not answer, or is not trusted
   */
  async update(): Promise<boolean> {
    const source = await this.#source()
    if (source === undefined) return false
    for (const made of ['lists/partial', 'cache/archives/partial', 'empty']) {
      await cacheSubfolder('apt', this.#suite, made)
    }
    await writeAtomically(join(this.#folder, 'apt.conf'), privateConfig(this.#folder))
    await writeAtomically(join(this.#folder, 'suite.sources'), suiteStanza(source, this.#suite))
    const answer = await this.#run('apt-get', ['update'])
    if (answer.ok) return true
    if (saysNoSuchSuite(answer)) return false
    throw this.#failed(`read Debian's suite ${this.#suite}`, answer)
  }

  /**
   * What the lists say about the packages whose names match.
   *
   * @param namePatterns - POSIX regular expressions without parentheses and commas; one match is enough
   * @throws EnvironmentError when the lists cannot be read
   */
  async show(namePatterns: readonly string[]): Promise<string> {
    const names = namePatterns.map(pattern => `?name(${pattern})`)
    const answer = await this.#run('apt-cache', ['show', `?or(${names.join(', ')})`])
    if (answer.ok) return answer.stdout
    if (answer.stderr.includes('No packages found')) return ''
    throw this.#failed(`read its lists of Debian's suite ${this.#suite}`, answer)
  }

  /**
   * Downloads one package into the cache; apt checks it against the lists.
   *
   * @throws EnvironmentError when it cannot be had
   */
  async download(name: string, version: string): Promise<CachedFile> {
    const downloads = join(this.#folder, 'downloads')
    // What an interrupted download left behind.
    await rm(downloads, { recursive: true, force: true })
    await cacheSubfolder('apt', this.#suite, 'downloads')
    try {
      const answer = await this.#run('apt-get', ['download', `${name}=${version}`], downloads)
      const [file] = answer.ok ? await readdir(downloads) : []
      if (file === undefined) throw this.#failed(`download ${name} ${version}`, answer)
      return await storeFile('packages', '.deb', join(downloads, file))
    } finally {
      await rm(downloads, { recursive: true, force: true })
    }
  }

  /** Lets other processes have the suite. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held[Symbol.asyncDispose]()
  }

  async #source(): Promise<AptSource | undefined> {
    const sources = await machineSources(this.#signal)
    if (debianSource(sources, false) === undefined) {
      throw new EnvironmentError(
        "this machine's apt sources name no Debian archive to fetch from; give the path of a kernel, or of a QEMU, instead",
      )
    }
    return debianSource(sources, isSecuritySuite(this.#suite))
  }

  #run(tool: string, args: readonly string[], cwd = this.#folder): Promise<Answer> {
    const config = join(this.#folder, 'apt.conf')
    return runTool(tool, ['-q', '-c', config, ...args], {
      signal: this.#signal,
      cwd,
      held: this.#held,
    })
  }

  #failed(what: string, answer: Answer): EnvironmentError {
    const isFull = answer.stderr.includes('No space left on device')
    const advice = `. Make room in ${this.#folder}, or set XDG_CACHE_HOME to another folder`
    return new EnvironmentError(`apt cannot ${what}: ${explain(answer)}${isFull ? advice : ''}`)
  }
}

/**
 * Whether the mirror was there and had no such suite. For a repository that is trusted unsigned, apt passes over the missing
 * Release file and fails for the package lists.
 */
function saysNoSuchSuite(answer: Answer): boolean {
  if (answer.stderr.includes('does not have a Release file')) return true
  const errors = errorsIn(answer)
  const allMissing = errors.every(error => /404 +Not Found|File not found/.test(error))
  return errors.length > 0 && allMissing && /^Ign:\S+ .* Release$/m.test(answer.stdout)
}

/** The settings that keep apt inside `folder`; read after the machine's own, so that these win. */
function privateConfig(folder: string): string {
  return `Dir::State "${folder}";
Dir::State::lists "lists";
Dir::State::status "/dev/null";
Dir::Cache "${folder}/cache";
Dir::Etc::sourcelist "${folder}/suite.sources";
Dir::Etc::sourceparts "${folder}/empty";
Dir::Etc::preferences "${folder}/empty/none";
Dir::Etc::preferencesparts "${folder}/empty";
APT::Architecture "amd64";
APT::Architectures "amd64";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "1";
// An old list is no answer: what was found before is remembered by guise itself.
APT::Update::Error-Mode "any";
// What the machine does after its own updates is none of this one's business.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
// The cache may lie in a home folder that the user _apt cannot enter.
APT::Sandbox::User "root";
`
}
