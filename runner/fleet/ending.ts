import { EnvironmentError, InterruptedError } from '../errors.js'

/** What ends all work of a run on a server: that the run is to end, or that the server is away for too long. */
export class Ending {
  readonly #rejects = new Set<(error: Error) => void>()
  #error: Error | undefined

  /**
   * @param signal - ends the run
   * @param gone - whose reason says that the server is away
   */
  constructor(signal: AbortSignal, gone: AbortSignal) {
    const end = (error: () => Error) => () => {
      this.#error ??= error()
      for (const reject of this.#rejects) reject(this.#error)
    }
    const onEnd = end(() => new InterruptedError('interrupted'))
    const onGone = end(() => {
      const { message } = gone.reason as EnvironmentError
      return new EnvironmentError(`${message}; \`guise run --resume\` goes on with the run`)
    })
    signal.addEventListener('abort', onEnd, { once: true })
    gone.addEventListener('abort', onGone, { once: true })
    if (signal.aborted) onEnd()
  }

  /**
   * What comes of work on the server.
   *
   * @throws InterruptedError, or EnvironmentError that says how to go on, where it ends before
   */
  async unless<T>(work: Promise<T>): Promise<T> {
    if (this.#error !== undefined) {
      work.catch(() => undefined)
      throw this.#error
    }
    let rejectIt: (error: Error) => void = () => undefined
    const ended = new Promise<never>((_, reject) => {
      rejectIt = reject
    })
    this.#rejects.add(rejectIt)
    try {
      return await Promise.race([work, ended])
    } finally {
      this.#rejects.delete(rejectIt)
    }
  }
}
