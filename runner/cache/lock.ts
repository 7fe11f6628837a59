import { open, type FileHandle } from 'node:fs/promises'
import { execa } from 'execa'
import { EnvironmentError } from '../errors.js'
import { inheriting, withGuise } from './child.js'

/** A lock that this process holds, and whoever has inherited its descriptor. */
export interface HeldLock extends AsyncDisposable {
  /** For the extra `stdio` of a child that works on what is locked: what outlives guise then keeps others out. */
  readonly fd: number
}

/** What a wait for a lock may be told, and may tell. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called once, where somebody else has held the lock for a second: who waits in silence seems to hang. */
  readonly onWait?: (() => void) | undefined
}

const silentMs = 1000

/**
 * Waits until this process alone holds the lock at `path` (made where missing), and holds it until disposed of. The lock is
 * flock(2)'s, of the open file: it is gone with the last process that has it open, so no crash leaves one behind.
 *
 * @throws EnvironmentError when the file cannot be locked
 */
export async function lock(path: string, { signal, onWait }: LockOptions = {}): Promise<HeldLock> {
  signal?.throwIfAborted()
  const file = await openLock(path)
  const timer = setTimeout(() => onWait?.(), silentMs)
  try {
    // flock(1) locks the open file that it shares with guise, and ends.
    const { failed, stderr, shortMessage } = await execa(...withGuise('flock', ['3']), {
      reject: false,
      stdio: inheriting('ignore', file),
      ...(signal && { cancelSignal: signal }),
    })
    signal?.throwIfAborted()
    if (failed) throw new EnvironmentError(`cannot lock ${path}: ${stderr || shortMessage || ''}`)
    // When what it guards was last used.
    const now = new Date()
    await file.utimes(now, now)
  } catch (error) {
    await file.close()
    throw error
  } finally {
    clearTimeout(timer)
  }
  return { fd: file.fd, [Symbol.asyncDispose]: () => file.close() }
}

/**
 * Holds the lock at `path` with others who hold it so, and keeps out those who hold it alone.
 *
 * @throws EnvironmentError when it cannot be locked
 */
export async function lockShared(path: string): Promise<HeldLock> {
  const file = await openLock(path)
  const { failed, stderr } = await execa(...withGuise('flock', ['--shared', '3']), {
    reject: false,
    stdio: inheriting('ignore', file),
  })
  if (!failed) return { fd: file.fd, [Symbol.asyncDispose]: () => file.close() }
  await file.close()
  throw new EnvironmentError(`cannot lock ${path}: ${stderr}`)
}

/**
 * Holds the lock of a file or folder that is there, unless another process does: then null.
 *
 * @throws EnvironmentError when it cannot be locked
 */
export async function lockIfFree(path: string): Promise<HeldLock | null> {
  const file = await openLock(path, 'r')
  const { exitCode, stderr } = await execa(...withGuise('flock', ['--nonblock', '3']), {
    reject: false,
    stdio: inheriting('ignore', file),
  })
  if (exitCode === 0) return { fd: file.fd, [Symbol.asyncDispose]: () => file.close() }
  await file.close()
  // Of flock(1): the lock is held.
  if (exitCode === 1) return null
  throw new EnvironmentError(`cannot lock ${path}: ${stderr}`)
}

/** Does work while this process alone holds the lock at `path`; see {@link lock}. */
export async function whileLocked<T>(
  path: string,
  options: LockOptions,
  work: (held: HeldLock) => Promise<T>,
): Promise<T> {
  await using held = await lock(path, options)
  return await work(held)
}

async function openLock(path: string, flags = 'a'): Promise<FileHandle> {
  try {
    return await open(path, flags)
  } catch (cause) {
    throw new EnvironmentError(`cannot lock ${path}: ${(cause as Error).message}`, { cause })
  }
}
