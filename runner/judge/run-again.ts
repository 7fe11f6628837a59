import type { Clock } from '../plan/clock.js'
import type { ReportChannel } from '../plan/channel.js'
import type { Plan } from '../plan/plan.js'
import type { Outcome } from '../scenario/outcome.js'
import {
  type BusyFacts,
  hasSkewedClocks,
  type JudgedRun,
  whyCrowded,
  whyInconclusive,
} from './busy-machine.js'
import { lackingDevice } from './judge.js'

/** What is looked at of a plan. */
export interface RunFacts extends BusyFacts, Pick<Plan, 'verbosity' | 'expectation' | 'channel'> {}

// QEMU's or KVM's own failures: another run would come to the same.
const failuresToStart: readonly Outcome[] = ['qemu-failed', 'kvm-error']
const wordless: readonly Outcome[] = ['reset', 'hang', 'firmware-hang']

/** Why a run of a guest does not count, and how the next one is to be made. */
export interface RunAgain {
  readonly why: string
  /** With no other guest beside it: this machine was too busy. */
  readonly alone: boolean
  /** With its whole log on the console, for its last words. */
  readonly fullConsole: boolean
  /** How the report is to come out. */
  readonly channel: ReportChannel
  /** What the guest is to take for time. */
  readonly clock: Clock
}

/**
 * Why a run of a guest does not count, or null where it does. What a machine that is too busy cannot bring about is never run
 * again, but for the last words of a guest that died on a quiet console; so a failure of a kernel's is not hidden by luck.
 */
export function reasonToRunAgain(plan: RunFacts, run: JudgedRun): RunAgain | null {
  const { ending } = run
  const again = (why: string, how: Partial<RunAgain> = {}): RunAgain => ({
    why,
    alone: false,
    fullConsole: false,
    channel: plan.channel,
    clock: plan.clock.clock,
    ...how,
  })
  const lost = lostChannel(plan, run)
  if (lost !== null) return again(lost, { channel: 'serial' })
  const untimed = badClock(plan, run) ?? lostFlags(plan, run)
  if (untimed !== null) return again(untimed, { clock: 'real' })
  if (failuresToStart.includes(ending.outcome)) return null
  const stale = stalePatch(plan, run)
  if (stale !== null) return again(stale)
  const busy = whyInconclusive(plan, run) ?? whyCrowded(run) ?? hasSkewedClocks(plan, run)
  if (busy !== null) return again(busy, { alone: true })
  if (ending.outcome === 'reported') return null
  if (plan.verbosity === 'quiet') {
    const why = `it ended without a report on a quiet console (${ending.outcome})`
    return again(why, { fullConsole: true })
  }
  if (plan.accelerator !== 'nested' || !wordless.includes(ending.outcome)) return null
  if (plan.expectation?.outcome === ending.outcome) return null
  return again(`it ended without a word in the nested host (${ending.outcome})`)
}

/** Why the report could not come out through the shared memory, where there is another way; else null. */
function lostChannel({ channel, accelerator }: RunFacts, { ending }: JudgedRun): string | null {
  // The nested host carries out no second serial port.
  if (channel === 'serial' || accelerator === 'nested') return null
  if (ending.lostReport) return `${ending.reason}; it reports on a serial port`
  if (ending.outcome !== 'qemu-failed') return null
  const device = lackingDevice(ending.reason)
  return device === 'ivshmem-plain'
    ? `this QEMU has no ${device}; it reports on a serial port`
    : null
}

// REX.W 0F C7 /1 with its operand, right before the byte at which the kernel died (Intel SDM vol. 2A, CMPXCHG16B).
const behindCmpxchg16b = /^Code: .*\b4[89a-f] 0f c7 [048][89a-f](?: [0-9a-f]{2}){0,5} <[0-9a-f]{2}>/

// Bits 22 to 31, which no CPU sets (Intel SDM vol. 1, 3.4.3).
const impossibleFlags = /^RSP: \S+ EFLAGS: (?!00[0-3])[0-9a-f]{8}$/

/**
 * Whether the guest died of QEMU's: before 8.0 an interrupt right behind a CMPXCHG16B finds flags that are part of an address, and may
 * return to a nested task, or to code that takes them for its own. On virtual time it comes there each time, on real time hardly ever.
 */
function lostFlags({ accelerator, clock }: RunFacts, { ending, observation }: JudgedRun) {
  if (accelerator !== 'tcg' || clock.clock === 'real' || ending.outcome === 'reported') return null
  if (observation.log.some(line => behindCmpxchg16b.test(line)))
    return 'it died right behind a CMPXCHG16B, whose flags QEMU before 8.0 loses where an interrupt comes'
  return observation.log.some(line => impossibleFlags.test(line))
    ? 'it died with flags that no CPU has: QEMU before 8.0 loses those of a CMPXCHG16B where an interrupt comes'
    : null
}

/**
 * Whether the guest died at an INT3 that it took for none of its own. Linux puts one over an instruction while it exchanges it, and knows
 * it until each CPU has left it (arch/x86/kernel/alternative.c, text_poke_bp_batch()). A thread of QEMU's may translate it while another
 * takes it away, and keep what it translated: seen with 4 and 64 CPUs on 7.2, and not on 10.0.
 */
function stalePatch({ accelerator, clock }: RunFacts, { ending, observation }: JudgedRun) {
  if (accelerator !== 'tcg' || clock.clock === 'virtual' || ending.outcome !== 'oops') return null
  return observation.log.some(line => /^(?:Oops: )?int3: 0000 \[#1\]/.test(line))
    ? 'it died at an INT3 that the kernel had taken away: an older QEMU may execute it still, where it emulates several CPUs at once'
    : null
}

/** Why this QEMU could not serve the guest on virtual time, by its own words; else null. */
function badClock({ clock }: RunFacts, { ending }: JudgedRun): string | null {
  if (clock.clock === 'real' || ending.outcome !== 'qemu-failed') return null
  return ending.reason.includes('Bad icount read')
    ? 'QEMU cannot serve it on virtual time (Bad icount read)'
    : null
}
