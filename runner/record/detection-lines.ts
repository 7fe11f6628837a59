import { owners } from '../hypervisors/table.js'
import { trouble } from '../observe/kernel-trouble.js'

// Lines on the identity, on why a display driver gives up its device, and on the interfaces of each owner.
// What is said of the CPUs: arch/x86/kernel/smpboot.c, fpu/, cpu/topology_common.c, apic/; ex_handler_msr() in arch/x86/mm/extable.c; and
// of mitigations what arch/x86/kernel/cpu/bugs.c begins its lines with, pti.c's among them.
const cpuLines = [
  /^(?:smpboot|x86\/fpu|CPU topo|APIC|x2apic|smp): /,
  /^(?:x2apic (?:enabled|disabled)|Switched APIC routing |Setting APIC routing |No local APIC present)/,
  /\[Firmware (?:Bug|Warn|Info)\]/,
  /^unchecked MSR access error/,
  /^(?:Spectre V[12]|Speculative (?:Store Bypass|Return Stack Overflow)|MDS|TAA|MMIO Stale Data|Register File Data Sampling|SRBDS|GDS|L1TF|RETBleed|ITS|TSA|VMSCAPE|Transient Scheduler Attacks|Indirect Target Selection|old microcode|Mitigations?|SRSO|BHI|TSX|KPTI|Kernel\/User page tables isolation) ?: /i,
]

const telling = [
  /^Hypervisor detected: /,
  /^Booting .*kernel on /,
  /^\[drm.*\] \*ERROR\* /,
  // show_fault_oops() in arch/x86/mm/fault.c: what access it was.
  /^#PF: /,
  trouble,
  ...cpuLines,
  ...owners.flatMap(owner => owner.telling),
]

// __warn_printk() and report_bug() (lib/bug.c): the reason stands between this line and the one that says what happened.
const cutHere = '[ cut here ]'
const mostReasons = 4

// Some ten times what the most talkative kernel says; the console has the rest.
const mostLines = 500

/**
 * The lines of a kernel log that tell of detection, of the clocks and of trouble, with the reason that the kernel gives for a
 * warning; the first of them, where a guest repeats itself.
 */
export function detectionLines(log: readonly string[]): string[] {
  return log
    .filter((line, index) => isDetectionLine(line) || isReason(log, index))
    .slice(0, mostLines)
}

/** Whether a line of a kernel's log tells of detection, of the clocks or of trouble by itself. */
export function isDetectionLine(line: string): boolean {
  return telling.some(pattern => pattern.test(line))
}

function isReason(log: readonly string[], index: number): boolean {
  const start = log.slice(Math.max(0, index - mostReasons), index + 1)
  const opened = start.findLastIndex(line => line.includes(cutHere))
  if (opened < 0 || opened === start.length - 1) return false
  if (start.slice(opened).some(line => trouble.test(line))) return false
  return log.slice(index + 1, index + 1 + mostReasons).some(line => trouble.test(line))
}
