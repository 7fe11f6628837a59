import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseKernelConfig } from '../../images/kernel/config.js'
import { inspectImage } from '../../images/kernel/image.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { bitsByFlag } from '../cpuid/flag-bits.js'
import { cacheFolder, storeBytes } from '../cache/files.js'
import { isIntact } from '../cache/intact.js'
import { decodeDump } from '../cpuid/dump/decode.js'
import { InputError } from '../errors.js'
import { scenarioDigest } from '../run/manifest.js'
import type { RunGuest } from '../run/guest-site.js'
import { parseScenarioFile } from '../scenario/parse.js'
import { formatProblems } from '../scenario/problem.js'
import { resolveScenario } from '../scenario/resolve.js'
import type { Scenario } from '../scenario/scenario.js'
import { mostBytes } from '../scenario/text-file.js'
import { type Blobs, mostBlobBytes } from './blobs.js'
import { type FleetJob, kernelAboutSchema } from './job.js'
import { jsonOf } from './json.js'

const mostModuleBytes = 256 * 2 ** 20

/** How much of a kind is kept in memory. */
const mostRecalled = 2000

/** What a worker is given of guests: by the content, each blob fetched once, and whatever it is looked at before it is used. */
export class ReceivedGuests {
  readonly #blobs: Blobs
  readonly #files = new Map<string, Promise<ReturnType<typeof parseScenarioFile>>>()
  readonly #scenarios = new Map<string, Promise<Scenario>>()
  readonly #kernels = new Map<string, Promise<Kernel>>()

  constructor(blobs: Blobs) {
    this.#blobs = blobs
  }

  /**
   * The guest of a job.
   *
   * @throws InputError where something of it is not what it must be
   */
  async receive({ scenario, kernel, modules }: FleetJob): Promise<RunGuest> {
    const own = await recalled(this.#kernels, JSON.stringify(kernel), () => this.#kernel(kernel))
    return {
      scenario: await recalled(this.#scenarios, scenario.digest + scenario.file, () =>
        this.#scenario(scenario),
      ),
      kernel: { ...own, modules: { from: 'given', files: await this.#modules(modules) } },
    }
  }

  async #scenario({ name, file, digest, dumps }: FleetJob['scenario']): Promise<Scenario> {
    const { documents, problems } = await recalled(this.#files, file, () => this.#file(file))
    const texts = new Map<string, string>()
    for (const [dump, sha256] of Object.entries(dumps))
      texts.set(dump, decodeDump(await this.#blobs.get(sha256, mostBytes)))
    const located = documents.find(({ document }) => document.name === name)
    if (located === undefined) {
      const why = problems.length === 0 ? 'none of that name' : formatProblems(problems)
      throw new InputError(`${name}: expected a scenario, got ${why}`)
    }
    const resolved = resolveScenario(
      located,
      dump => texts.get(dump) ?? new Error('it did not come with the job'),
    )
    if (resolved.problems.length > 0) throw new InputError(formatProblems(resolved.problems))
    if (scenarioDigest(resolved.scenario) !== digest)
      throw new InputError(`${name}: expected the scenario that was asked for, got another`)
    return resolved.scenario
  }

  /** A file of scenarios is parsed once: a family of hundreds is one file. */
  async #file(sha256: string): Promise<ReturnType<typeof parseScenarioFile>> {
    const path = await this.#cached(sha256, '.yaml', mostBytes)
    return parseScenarioFile(await readFile(path, 'utf8'), path)
  }

  async #kernel({
    spec,
    sha256,
    bzImage,
    about,
  }: FleetJob['kernel']): Promise<Omit<Kernel, 'modules'>> {
    const path = await this.#cached(sha256, '', mostBlobBytes)
    const facts = await inspectImage(path, spec)
    const other = bzImage === null ? null : await this.#cached(bzImage, '', mostBlobBytes)
    if (other !== null) await inspectImage(other, spec)
    const text = (await this.#blobs.get(about, 2 ** 24)).toString()
    const known = kernelAboutSchema.safeParse(jsonOf(text))
    if (!known.success) throw new InputError(`kernel ${spec}: expected what is known of it`)
    const { config, flagBits } = known.data
    const bits = flagBits?.flatMap(([name, all]) => all.map(bit => [name, bit] as const))
    return {
      spec,
      path,
      bzImage: other,
      ...facts,
      config: config === null ? null : parseKernelConfig(config),
      flagBits: bits === undefined ? null : bitsByFlag(bits),
    }
  }

  async #modules(modules: FleetJob['modules']) {
    if (!Array.isArray(modules)) return modules
    const files = []
    for (const { path, sha256 } of modules) {
      const content = await readFile(await this.#cached(sha256, '', mostModuleBytes))
      files.push({ type: 'file' as const, path, mode: 0o644, content })
    }
    return files
  }

  /** A blob as a file of the cache. */
  async #cached(sha256: string, suffix: string, mostBytes: number): Promise<string> {
    const path = join(cacheFolder(), 'fleet', sha256 + suffix)
    if (!(await isIntact(path)))
      return (await storeBytes('fleet', suffix, await this.#blobs.get(sha256, mostBytes))).path
    const { size } = await stat(path)
    if (size > mostBytes)
      throw new InputError(`blob ${sha256}: expected at most ${mostBytes} bytes`)
    return path
  }
}

/** What was made before, or is made now; what failed is made again. */
function recalled<T>(
  made: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const before = made.get(key)
  if (before !== undefined) return before
  // A worker may be up for months.
  if (made.size >= mostRecalled) made.clear()
  const making = make()
  made.set(key, making)
  making.catch(() => made.delete(key))
  return making
}
