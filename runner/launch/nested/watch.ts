import { performance } from 'node:perf_hooks'
import { cpuUseOf } from '../cpu-use.js'
import type { Slot } from './slot.js'

const heartbeatMs = 2_000
/** How long the agent may leave a heartbeat unanswered, in milliseconds. Two guests on a machine with load 7 never took so long. */
const silenceDeadlineMs = 30_000

/**
 * Looks whether the QEMU of a host that boots was stopped (SIGSTOP), which would else be waited for until the deadline. A host that
 * is up is told by its heartbeat.
 *
 * @param onStopped - told once it was found stopped twice in a row
 * @returns the timer, to be cleared
 */
export function watchForStop(pid: () => number | undefined, onStopped: () => void): NodeJS.Timeout {
  let wasStopped = false
  return setInterval(() => {
    const own = pid()
    const stopped = own !== undefined && cpuUseOf(own)?.stopped === true
    if (stopped && wasStopped) onStopped()
    wasStopped = stopped
  }, heartbeatMs)
}

/**
 * Asks the agent of a host that is up, slot by slot, whether it is there.
 *
 * @param onSilence - told, at each beat from then on, for how many milliseconds it has not answered
 * @returns the timer, to be cleared
 */
export function watchPulse(
  slots: readonly Pick<Slot, 'ping' | 'unansweredSince'>[],
  onSilence: (silenceMs: number) => void,
): NodeJS.Timeout {
  return setInterval(() => {
    const since = slots.map(slot => slot.unansweredSince ?? Infinity)
    const silence = performance.now() - Math.min(...since)
    if (silence > silenceDeadlineMs) onSilence(silence)
    else for (const slot of slots) slot.ping()
  }, heartbeatMs)
}
