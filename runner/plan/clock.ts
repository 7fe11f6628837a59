import { inRange } from '../scenario/condition.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Accelerator } from './accelerator.js'
import type { ReportChannel } from './channel.js'
import { mayHaveX2apic } from './machine-needs.js'

/**
 * What a guest's time is. `virtual`: a function of the instructions that it has executed (QEMU's `-icount`), so that a busy machine
 * does not show in it, and the same guest is the same bytes each time. `real`: this machine's own.
 */
export const clocks = ['virtual', 'real'] as const

/** See {@link clocks}. */
export type Clock = (typeof clocks)[number]

/** The clock that was taken, and why it was this one. */
export interface ChosenClock {
  readonly clock: Clock
  readonly why: string
  /** Of real time: the versions of QEMU that would serve the guest on virtual time; undefined where none would. */
  readonly servedBy?: string
}

/**
 * The clock of a guest: virtual time wherever QEMU serves it, unless real time is asked for. What it does not serve was found with
 * QEMU 5.2, 7.2, 10.0 and 11.1.
 */
export function chooseClock(
  asked: Clock | undefined,
  accelerator: Accelerator,
  { machine, cpu }: Pick<Scenario, 'machine' | 'cpu'>,
  qemuVersion: string,
  channel: ReportChannel,
): ChosenClock {
  const real = (why: string): ChosenClock => ({ clock: 'real', why })
  if (asked === 'real') return real('it was asked for by name')
  if (accelerator === 'kvm') return real('KVM executes the guest on a CPU of this machine')
  if (accelerator === 'nested') return real('the nested host is emulated on real time')
  if (channel === 'serial') return real(slowAnswer)
  const x2apic = 'cannot read the timer of an x2APIC on virtual time (`x2apic: off` does without)'
  if (machine.cpus > mostTogether) {
    return real(
      `on virtual time QEMU executes all vCPUs in turn, from one tick to the next of any, and more than ${mostTogether} hardly get on`,
    )
  }
  if (machine.cpus > 1 && !inRange(qemuVersion, severalCpus)) {
    const why = `QEMU ${qemuVersion} does not bring several CPUs up on virtual time`
    return mayHaveX2apic(cpu)
      ? real(`${why}, and QEMU ${severalCpus}, which does, ${x2apic}`)
      : { ...real(why), servedBy: severalCpus }
  }
  if (inRange(qemuVersion, servesX2apic) && mayHaveX2apic(cpu)) {
    return real(`QEMU ${qemuVersion} ${x2apic}`)
  }
  return { clock: 'virtual', why: 'instructions count as time' }
}

/** Over a serial port a guest is asked which leaves to dump only when it says that it is up: what it waits for is this machine. */
export const slowAnswer = 'on a serial port it waits for an answer of guise’s'

// With -icount each of N vCPUs has an N-th of the instructions up to the next timer's end (icount_percpu_budget() in QEMU's
// accel/tcg): with 64, some sixty. 16 took 9 s on virtual time, 32 45 s, and 64 more than 250 s, where they take 41 s on real time.
const mostTogether = 16

/** The versions of QEMU that bring several CPUs up on virtual time. */
const severalCpus = '>=10.0'

// From 9.0 on TCG serves x2APIC, whose registers are MSRs; RDMSR and WRMSR begin no section of I/O as IN and OUT do (QEMU's
// target/i386/tcg/sysemu/misc_helper.c), so that one which reads the clock ends QEMU with "Bad icount read".
const servesX2apic = '>=9.0'
