import type { GuestLimit } from './guest-limit.js'

/**
 * Does pieces of work, as many at a time as the limit says, and tells their results in order, each as soon as those before it are
 * over. The first error ends the rest by `stop`; what has come until then is told all the same. When this returns or throws, no
 * piece is under way.
 *
 * @param stop - aborted with the first error, or when there is nothing left to end
 * @throws the first error
 */
export async function tellInOrder<T>(
  pieces: readonly (() => Promise<T>)[],
  limit: Pick<GuestLimit, 'run'>,
  stop: AbortController,
  tell: (result: T) => void,
): Promise<void> {
  const results = pieces.map(piece =>
    // Within its place: the next piece begins when that is free, and must know of the error by then.
    limit.run(() =>
      piece().then(
        result => ({ result }),
        (error: unknown) => {
          // Only the first abort() sets the reason.
          stop.abort(error)
          return null
        },
      ),
    ),
  )
  try {
    for (const each of results) {
      const made = await each
      if (made !== null) tell(made.result)
    }
    stop.signal.throwIfAborted()
  } finally {
    stop.abort()
    await Promise.all(results)
  }
}
