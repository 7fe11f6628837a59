import type { QemuExit, QemuProcess } from './qemu-process.js'

/** How a QEMU ended that should have ended by itself. */
export interface AnsweredExit extends QemuExit {
  /** Whether it ended before its deadline. */
  readonly inTime: boolean
}

/**
 * Waits for a QEMU that ends by itself, such as one that is asked its version, and ends it at a deadline.
 *
 * @param deadlineMs - in milliseconds
 * @param signal - ends it, too
 * @throws the signal's reason, once the process is gone
 */
export async function endedWithin(
  qemu: QemuProcess,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<AnsweredExit> {
  let inTime = true
  const timer = setTimeout(() => {
    inTime = false
    qemu.end()
  }, deadlineMs)
  const stop = () => {
    qemu.end()
  }
  signal?.addEventListener('abort', stop)
  if (signal?.aborted === true) stop()
  const exit = await qemu.exited
  clearTimeout(timer)
  signal?.removeEventListener('abort', stop)
  signal?.throwIfAborted()
  return { ...exit, inTime }
}
