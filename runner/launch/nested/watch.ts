import { cpuUseOf } from '../cpu-use.js'
import type { Slot } from './slot.js'

const heartbeatMs = 2_000
/**
 * How long the agent may leave a heartbeat unanswered, in milliseconds, or a guest that it was told to end: that it kills after 3 s.
 * Two guests on a machine with load 7 never took so long.
 */
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

/** What a slot's agent has left open, and since when. */
export type OpenAsks = Pick<Slot, 'unansweredSince' | 'unendedSince'>

/** What an agent fails to do, and for how many milliseconds. */
export interface Failing {
  readonly what: 'answer' | 'end a guest'
  readonly ms: number
}

/**
 * What the agent of a host that is up fails to do; null where all is well. A guest's QEMU that hangs in the host's kernel is killed in
 * vain, while the agent answers.
 *
 * @param now - in milliseconds of the slots' clock
 */
export function failingOf(slots: readonly OpenAsks[], now: number): Failing | null {
  const longest = (since: (number | null)[]) =>
    now - Math.min(...since.map(time => time ?? Infinity))
  const silence = longest(slots.map(slot => slot.unansweredSince))
  if (silence > silenceDeadlineMs) return { what: 'answer', ms: silence }
  const ending = longest(slots.map(slot => slot.unendedSince))
  return ending > silenceDeadlineMs ? { what: 'end a guest', ms: ending } : null
}

/**
 * Asks the agent of a host that is up, slot by slot, whether it is there.
 *
 * @param onFailing - told, at each beat from then on, what it fails to do
 * @returns the timer, to be cleared
 */
export function watchPulse(
  slots: readonly (OpenAsks & Pick<Slot, 'ping'>)[],
  onFailing: (failing: Failing) => void,
): NodeJS.Timeout {
  return setInterval(() => {
    const failing = failingOf(slots, performance.now())
    if (failing !== null) onFailing(failing)
    else for (const slot of slots) slot.ping()
  }, heartbeatMs)
}
