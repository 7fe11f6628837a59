/**
 * Runs `work` with a signal that SIGINT and SIGTERM abort, so that it can put its guests away. A second one kills
 * guise at once; the guests die with it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const abort = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.kill(process.pid, 'SIGKILL')
    process.stderr.write(`guise: ${name}: ending the guests; the results so far are kept\n`)
    controller.abort()
  }
  process.on('SIGINT', abort).on('SIGTERM', abort)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort)
  }
}
