import { readFileSync } from 'node:fs'
import { overrideObject } from '../paths.js'
import type { Accelerator } from '../plan/accelerator.js'
import type { Plan } from '../plan/plan.js'
import { hostTscKhz } from './host-tsc.js'
import { mayBePreloaded, type TscHook } from './qemu-command.js'

/** At what rate a guest's TSC counts, and how it comes to that. */
export interface ServedTsc {
  /** In kHz; null where that is not known. */
  readonly khz: number | null
  /** Why it is not the rate that was asked for; null where it is, or none was. */
  readonly why: string | null
  /** For the preloaded object (runner/native/tsc.c). */
  readonly hook?: TscHook
  /** Of KVM: QEMU's CPU property tsc-frequency, in Hz. */
  readonly frequency?: number
}

/** QEMU's clock of virtual time is in nanoseconds, and its TSC is that (target/i386/tcg, cpus_get_elapsed_ticks()). */
const virtualKhz = 1_000_000

/** How far a TSC may be off without that KVM has to scale it, as a part of it: KVM's tsc_tolerance_ppm (arch/x86/kvm/x86.c). */
const tolerance = 250e-6

/** What becomes of the rate that a plan asks of the TSC; undefined where it asks none. */
export async function servedTsc(plan: TscFacts): Promise<ServedTsc | undefined> {
  return plan.tsc === null ? undefined : tscRate(plan)
}

/** The rate of a guest's TSC, whether one was asked for or not. */
export async function tscRate({ tsc, clock, accelerator }: TscFacts): Promise<ServedTsc> {
  const isVirtual = clock.clock === 'virtual'
  const own = isVirtual ? virtualKhz : await hostTscKhz()
  if (tsc === null || tsc.khz === own) return { khz: own, why: null }
  if (accelerator !== 'tcg') return servedByKvm(tsc.khz, own, accelerator)
  if (own === null) return { khz: null, why: 'how fast this machine’s TSC counts is not known' }
  if (!mayBePreloaded(overrideObject)) {
    return { khz: own, why: 'guise lies in a folder from which nothing can be preloaded' }
  }
  const rate = `${isVirtual ? 'virtual' : 'real'} ${tsc.khz} ${own}`
  return { khz: tsc.khz, why: null, hook: { object: overrideObject, rate } }
}

/** What is looked at of a plan. */
export type TscFacts = Pick<Plan, 'tsc' | 'clock' | 'accelerator'>

function servedByKvm(khz: number, own: number | null, accelerator: Accelerator): ServedTsc {
  if (accelerator === 'nested') {
    return { khz: own, why: 'the CPUs of the nested host scale no TSC' }
  }
  const near = own !== null && Math.abs(khz / own - 1) <= tolerance
  if (!near && !scalesTsc(cpuinfo())) {
    return { khz: own, why: 'the CPUs of this machine scale no TSC (/proc/cpuinfo)' }
  }
  return { khz, why: null, frequency: khz * 1000 }
}

function cpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'latin1')
  } catch {
    return ''
  }
}

/** Whether a CPU scales the TSC of its guests: `tsc_scaling` of Intel's VMX, `tsc_scale` of AMD's SVM (TscRateMsr). */
export function scalesTsc(cpuinfo: string): boolean {
  return (
    /^vmx flags\s*:.*\btsc_scaling\b/m.test(cpuinfo) || /^flags\s*:.*\btsc_scale\b/m.test(cpuinfo)
  )
}
