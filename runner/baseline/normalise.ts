import { printable } from '../report/printable.js'

// Whether and when these come depends on how busy the machine is, not on what the kernel detected. Of these prefixes the lines
// of what is detected are few, and named here as 6.1 says them; what is measured and watched is said in other words by each version.
const dependsOnTiming = [
  // arch/x86/kernel/tsc.c: how the frequency was measured, by which way of several and with what trouble. What the
  // measurement comes to is an interface. `Detected … MHz TSC` comes where the CPU's frequency came out as another.
  /^tsc: (?!Detected \S+ MHz processor|Marking TSC )/,
  /^tsc: Marking TSC unstable due to clocksource watchdog/,
  // kernel/time/clocksource.c: what the watchdog says; the rest is registered, switched to or asked for.
  /^clocksource: (?!\S+: mask: |Switched to |Override |clocksource \S+ registered |Nonstop |clock=)/,
  /^hpet: Lost \d+ RTC interrupts/,
]

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\bmax_idle_ns: \d+/g, 'max_idle_ns: N'],
  // By the frequency of the TSC, or of what a hypervisor says; the others count at a fixed one.
  [/^(clocksource: tsc\S*: .*\bmax_cycles: )\w+/, '$1ADDRESS'],
  // Of a page in memory: arch/x86/kernel/kvm.c and kvmclock.c. (`Using msrs` names registers.)
  [/\bmsr [0-9a-f]+\b/g, 'msr ADDRESS'],
  // Addresses and what else is long in hexadecimal.
  [/\b(?:0x)?[0-9a-f]{9,16}\b/g, 'ADDRESS'],
  [/\bIP \S+/g, 'IP ADDRESS'],
  [/\bcr2 \S+/g, 'cr2 ADDRESS'],
  [/\baddress: \S+/g, 'address: ADDRESS'],
  // Offset in a function and its size: another compiler, or another point release, moves them.
  [/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+N/N'],
  [/\b\d+\.\d+ (MHz|BogoMIPS)\b/g, 'N $1'],
  [/\boffset of \d+ (ns|cycles)/g, 'offset of N $1'],
  // Line numbers of BUG and WARNING move with every point release.
  [/(\.[ch]:)\d+/g, '$1N'],
  // kernel/panic.c, __warn(): 6.12 names the CPU and the task before the place, 7.2 behind it.
  [
    /^WARNING: (?:CPU: \d+ PID: \d+ )?(?:at )?(\S+\.[chS]:\S+) (?:at )?(\S+?)(?:, CPU#\d+: .*)?$/,
    'WARNING: at $1 $2',
  ],
  [/\bPID: \d+/g, 'PID: N'],
  [/\bCPU: \d+/g, 'CPU: N'],
  // kernel/watchdog.c, watchdog_timer_fn(), and kernel/rcu/tree_stall.h: which CPU, how long, and in what.
  [/\bCPU#\d+ stuck for \d+s! \[[^\]]*\]/g, 'CPU#N stuck'],
  [/\(t=\d+ jiffies g=-?\d+[^)]*\)/g, '(t=N)'],
]

/** A line of the kernel log as a baseline keeps it, or null for one that depends on timing. */
export function normaliseLogLine(line: string): string | null {
  return dependsOnTiming.some(pattern => pattern.test(line)) ? null : normaliseText(line)
}

/**
 * A text of a guest without what differs from run to run: addresses, which KASLR moves, frequencies, processes. What is
 * compared; what was said stays in the record.
 */
export function normaliseText(text: string): string {
  return printable(
    replacements.reduce((result, [pattern, word]) => result.replace(pattern, word), text).trimEnd(),
  )
}
