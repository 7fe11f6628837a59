import type { LineCount } from '../console/line-counts.js'
import { completeMarker } from '../console/protocol/layout.js'

/**
 * What booting cost, in instructions of all CPUs: exact, and the same each time, of a guest on virtual time. Waiting costs
 * nothing. `firmware` is up to the first CPUID instruction that is not the firmware's, which is in the kernel's setup code
 * (validate_cpu() in Linux' arch/x86/boot/cpucheck.c); all others are from there. Null for what the console does not have.
 */
export interface BootInstructions {
  readonly firmware: number
  /** To the first line of the kernel proper: the setup code, and unpacking. */
  readonly unpacked: number | null
  /** To the line that says which hypervisor was detected. */
  readonly detected: number | null
  /** To the line with which the kernel starts init. */
  readonly init: number | null
  /** To the end of init's report. */
  readonly report: number | null
}

// start_kernel() in init/main.c, init_hypervisor_platform() in arch/x86/kernel/cpu/hypervisor.c, run_init_process() in init/main.c.
const milestones = {
  unpacked: /(?<=^(?:\[[ \d.]+\] )?)Linux version /m,
  detected: /(?<=^(?:\[[ \d.]+\] )?)Hypervisor detected: /m,
  init: /(?<=^(?:\[[ \d.]+\] )?)Run \S{1,200} as init process/m,
  report: new RegExp(completeMarker),
} as const

/**
 * Finds what booting cost.
 *
 * @param console - the raw console, Latin-1
 * @returns null where nothing was counted, or the kernel was not seen to begin
 */
export function bootInstructions(
  counts: readonly LineCount[],
  console: string,
): BootInstructions | null {
  const firmware = counts.find(({ bytes }) => bytes === 0)?.instructions
  if (firmware === undefined) return null
  const upTo = (milestone: RegExp): number | null => {
    const found = milestone.exec(console)
    const line = found && counts.find(({ bytes }) => bytes > found.index)
    return line ? line.instructions - firmware : null
  }
  return {
    firmware,
    unpacked: upTo(milestones.unpacked),
    detected: upTo(milestones.detected),
    init: upTo(milestones.init),
    report: upTo(milestones.report),
  }
}
