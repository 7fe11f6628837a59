import { InterruptedError } from '../errors.js'
import { outlivesTerminal } from '../terminal/hangup.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { outputClosed } from './standard-output.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// What starts guise (npm, tsx) may pass on the Ctrl-C that guise got from the terminal already.
const echoMs = 500

/**
 * Runs `work` with a signal that SIGINT, SIGTERM, SIGHUP and a closed stdout abort, so that it can put its guests away.
 * A second SIGINT or SIGTERM kills guise at once; the guests die with it. Under nohup(1) SIGHUP is ignored.
 *
 * @param consequence - what a signal leads to, as it is told
 * @param tell - how it is told
 * @throws InterruptedError whatever `work` throws once it has been told to end
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  consequence = 'ending the guests; the results so far are kept',
  tell: (text: string) => void = noteOnStderr,
): Promise<T> {
  const controller = new AbortController()
  let abortedAt = Infinity
  const abort = (name: string) => {
    if (controller.signal.aborted) return
    abortedAt = performance.now()
    tell(`${name}: ${consequence}`)
    controller.abort()
  }
  const onSignal = (name: NodeJS.Signals) => {
    if (name === 'SIGHUP' && outlivesTerminal()) return
    // A terminal that closes sends its SIGHUP, and the shell another: nobody is impatient.
    const again = performance.now() - abortedAt > echoMs
    if (again && name !== 'SIGHUP') process.kill(process.pid, 'SIGKILL')
    abort(name)
  }
  const onClosed = () => {
    abort('stdout was closed')
  }
  outputClosed.addEventListener('abort', onClosed)
  if (outputClosed.aborted) onClosed()
  for (const name of signals) process.on(name, onSignal)
  try {
    return await work(controller.signal)
  } catch (error) {
    if (!controller.signal.aborted || error instanceof InterruptedError) throw error
    throw new InterruptedError('interrupted', { cause: error })
  } finally {
    outputClosed.removeEventListener('abort', onClosed)
    for (const name of signals) process.off(name, onSignal)
  }
}
