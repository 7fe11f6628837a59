import { dirname, resolve } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { Kernel } from '../../images/kernel/kernel.js'
import { kernelModules } from '../../images/modules/kernel-modules.js'
import { sha256OfFile } from '../cache/files.js'
import { InputError } from '../errors.js'
import { scenarioDigest } from '../run/manifest.js'
import type { RunGuest } from '../run/guest-site.js'
import type { Scenario } from '../scenario/scenario.js'
import { readBytes } from '../scenario/text-file.js'
import type { Blobs } from './blobs.js'
import type { FleetJob, kernelAboutSchema } from './job.js'
import type * as z from 'zod'

/** What travels of the guests of a run, each blob once. */
export class SentGuests {
  readonly #blobs: Blobs
  readonly #signal: AbortSignal
  /** What was sent, by what it is of. */
  readonly #sent = new Map<string, Promise<unknown>>()
  readonly #shas = new Set<string>()

  constructor(blobs: Blobs, signal: AbortSignal) {
    this.#blobs = blobs
    this.#signal = signal
  }

  /**
   * Sends what a worker needs of a guest.
   *
   * @throws InputError for a kernel that is too large, and a scenario of no file
   */
  async send({
    scenario,
    kernel,
  }: RunGuest): Promise<Pick<FleetJob, 'scenario' | 'kernel' | 'modules'>> {
    return {
      scenario: await this.#scenario(scenario),
      kernel: await this.#once(`kernel ${kernel.sha256}`, () => this.#kernel(kernel)),
      modules: await this.#modules(kernel, scenario.kernel.modules),
    }
  }

  /** Keeps what was sent for another while, and forgets what the server has lost: it is sent again. */
  async keep(): Promise<void> {
    for (const sha256 of this.#shas) {
      if (await this.#blobs.keep(sha256)) continue
      this.#shas.clear()
      this.#sent.clear()
      return
    }
  }

  async #scenario(scenario: Scenario): Promise<FleetJob['scenario']> {
    const { name, file } = scenario
    if (file === '') throw new InputError(`${name}: expected a scenario of a file, for a queue`)
    const named = scenario.cpuid.flatMap(entry =>
      'dump' in entry && !/[\n\r]/.test(entry.dump) ? [entry.dump] : [],
    )
    const dumps: Record<string, string> = {}
    for (const dump of new Set(named)) {
      const path = resolve(dirname(file), dump)
      dumps[dump] = await this.#once(`file ${path}`, () => this.#put(readBytes(path)))
    }
    return {
      name,
      file: await this.#once(`file ${file}`, async () => this.#put(await readFile(file))),
      digest: scenarioDigest(scenario),
      dumps,
    }
  }

  async #kernel(kernel: Kernel): Promise<FleetJob['kernel']> {
    const { spec, path, sha256, bzImage, config, flagBits } = kernel
    await this.#putFile(path, sha256, spec)
    const other = bzImage === null ? null : await sha256OfFile(bzImage)
    if (bzImage !== null && other !== null) await this.#putFile(bzImage, other, spec)
    const about: z.input<typeof kernelAboutSchema> = {
      config: config?.text ?? null,
      flagBits: flagBits === null ? null : [...flagBits].map(([name, bits]) => [name, [...bits]]),
    }
    const sent = await this.#put(Buffer.from(JSON.stringify(about)))
    return { spec, sha256, bzImage: other, about: sent }
  }

  async #modules(kernel: Kernel, wanted: readonly string[]): Promise<FleetJob['modules']> {
    if (wanted.length === 0) return []
    return this.#once(`modules ${kernel.sha256} ${wanted.join(' ')}`, async () => {
      const files = await kernelModules(kernel, wanted, { signal: this.#signal })
      if ('unavailable' in files) return files
      const sent = []
      for (const { path, content } of files) sent.push({ path, sha256: await this.#put(content) })
      return sent
    })
  }

  #once<T>(what: string, send: () => Promise<T>): Promise<T> {
    const before = this.#sent.get(what)
    // What stands there was put there under the same name.
    if (before !== undefined) return before as Promise<T>
    const sending = send()
    this.#sent.set(what, sending)
    return sending
  }

  async #put(bytes: Uint8Array): Promise<string> {
    const sha256 = await this.#blobs.put(bytes)
    this.#shas.add(sha256)
    return sha256
  }

  async #putFile(path: string, sha256: string, what: string): Promise<void> {
    await this.#blobs.putFile(path, sha256, `kernel ${what}`)
    this.#shas.add(sha256)
  }
}
