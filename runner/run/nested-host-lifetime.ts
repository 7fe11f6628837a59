import type { buildNestedHost, NestedHostImage } from '../../images/nested/build.js'
import type { OnProgress } from '../../images/progress.js'
import { EnvironmentError } from '../errors.js'
import type { NestedHost, startNestedHost } from '../launch/nested/host.js'
import { NestedHostUnavailableError } from '../launch/nested/lost.js'

/** What the nested host of a run needs to know. */
export interface NestedHostLifetimeOptions {
  /** Ends what is under way to a host that is up. */
  readonly signal: AbortSignal
  /** Something that takes time, or that went wrong and is made good. */
  readonly onNote: (text: string) => void
  readonly onSetup: OnProgress
}

/** What makes the nested host, and what starts it. */
export interface NestedHostMeans {
  readonly build: typeof buildNestedHost
  readonly start: typeof startNestedHost
}

// Loaded only where a guest needs it.
const ownMeans: NestedHostMeans = {
  build: async options => (await import('../../images/nested/build.js')).buildNestedHost(options),
  start: async (image, options) =>
    (await import('../launch/nested/host.js')).startNestedHost(image, options),
}

/**
 * The nested host of a run: made and started when the first guest needs it, and started again when it is lost. Dispose of it to
 * end the host.
 */
export class NestedHostLifetime implements AsyncDisposable {
  readonly #options: NestedHostLifetimeOptions
  readonly #means: NestedHostMeans
  #image: Promise<NestedHostImage> | null = null
  #host: Promise<NestedHost> | null = null

  constructor(options: NestedHostLifetimeOptions, means: NestedHostMeans = ownMeans) {
    this.#options = options
    this.#means = means
  }

  /**
   * What the host is made of; made when it is first asked for.
   *
   * @throws NestedHostUnavailableError if it can't be made
   */
  image(): Promise<NestedHostImage> {
    const { signal, onSetup } = this.#options
    this.#image ??= this.#orUnavailable(this.#means.build({ signal, onProgress: onSetup }))
    return this.#image
  }

  /**
   * A host that is alive, started if there is none.
   *
   * @throws NestedHostUnavailableError if it can't be made or started
   */
  async host(): Promise<NestedHost> {
    const asked = this.#host
    const before = asked === null ? null : await asked
    if (before?.alive === true) return before
    // Of two guests that lose a host together, one starts the new one.
    if (this.#host !== asked && this.#host !== null) return this.#host
    this.#host = this.#start(before)
    return this.#host
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = await this.#host?.catch(() => null)
    await host?.close()
  }

  async #start(before: NestedHost | null): Promise<NestedHost> {
    await before?.close()
    const { signal, onNote } = this.#options
    const image = await this.image()
    onNote(`${before === null ? 'starting' : 'restarting'} the nested host`)
    const onRestart = (why: string) => {
      onNote(`starting the nested host again: ${why.split('\n', 1)[0] ?? ''}`)
    }
    return this.#orUnavailable(this.#means.start(image, { signal, onRestart }))
  }

  async #orUnavailable<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (!(error instanceof EnvironmentError)) throw error
      throw new NestedHostUnavailableError(error.message, { cause: error })
    }
  }
}
