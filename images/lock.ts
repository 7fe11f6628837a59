import { execa } from 'execa'
import { EnvironmentError } from '../runner/errors.js'

/**
 * Waits until this process alone holds the lock at `path` (made where missing), and holds it until disposed of. The lock
 * is flock(1)'s: it is gone with the process that held it, so no crash leaves one behind.
 *
 * @throws EnvironmentError when the file cannot be locked
 */
export async function lock(path: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  // The holder says that it has the lock, and lives until its standard input ends: at the latest when guise does.
  const holder = execa('flock', [path, 'sh', '-c', 'echo locked; exec cat'], {
    reject: false,
    ...(signal && { cancelSignal: signal }),
  })
  const locked = await Promise.race([
    new Promise<boolean>(resolve =>
      holder.stdout.once('data', () => {
        resolve(true)
      }),
    ),
    holder.then(() => false),
  ])
  if (!locked) {
    signal?.throwIfAborted()
    const { stderr, shortMessage } = await holder
    throw new EnvironmentError(`cannot lock ${path}: ${stderr || (shortMessage ?? 'flock ended')}`)
  }
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await holder
    },
  }
}

/** Does work while this process alone holds the lock at `path`; see {@link lock}. */
export async function whileLocked<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const held = await lock(path, signal)
  try {
    return await work()
  } finally {
    await held[Symbol.asyncDispose]()
  }
}
