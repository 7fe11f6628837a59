import { printable } from '../terminal/printable.js'

/** A rule by which a text of a guest is made the same whenever and wherever it is said. */
interface NormalisationRule {
  /** By which messages and `guise baseline rules` call it. */
  readonly name: string
  /** What differs without anything being different, and where that is said of in Linux. */
  readonly why: string
  /** Lines of the log that are left out. */
  readonly omits?: readonly RegExp[]
  /** What stands in the text, and what takes its place. */
  readonly replaces?: readonly (readonly [RegExp, string])[]
}

/** The rules, in the order in which they are applied. */
export const normalisationRules: readonly NormalisationRule[] = [
  {
    // Of these prefixes the lines of what is detected are few, and named here as 6.1 says them; what is measured and watched is
    // said in other words by each version.
    name: 'measured',
    why: 'how the TSC was measured, what the clocksource watchdog saw, when it did, and what the HPET lost hangs on how busy the machine is (arch/x86/kernel/tsc.c, kernel/time/clocksource.c)',
    omits: [
      // What the measurement comes to is an interface. `Detected … MHz TSC` comes where the CPU's frequency came out as another.
      /^tsc: (?!Detected \S+ MHz processor|Marking TSC )/,
      /^tsc: Marking TSC unstable due to clocksource watchdog/,
      // A work item says so later (kernel/sched/clock.c, __clear_sched_clock_stable()), before the guest's report or after it.
      /^TSC found unstable after boot/,
      // What the watchdog says; the rest is registered, switched to or asked for.
      // A TSC that is not trusted yet is current for a while, unless the watchdog gives it up before.
      /^clocksource: Switched to clocksource tsc-early$/,
      /^clocksource: (?!\S+: mask: |Switched to |Override |clocksource \S+ registered |Nonstop |clock=)/,
      /^hpet: Lost \d+ RTC interrupts/,
    ],
  },
  {
    name: 'clock-range',
    why: 'how long a clock source counts until it wraps follows from a measured frequency (kernel/time/clocksource.c)',
    replaces: [
      [/\bmax_idle_ns: \d+/g, 'max_idle_ns: N'],
      // By the frequency of the TSC, or of what a hypervisor says; the others count at a fixed one.
      [/^(clocksource: tsc\S*: .*\bmax_cycles: )\w+/, '$1ADDRESS'],
    ],
  },
  {
    name: 'address',
    why: 'where something lies in memory hangs on KASLR, on the build and on how much memory there is',
    replaces: [
      // Of a page in memory: arch/x86/kernel/kvm.c and kvmclock.c. (`Using msrs` names registers.)
      [/\bmsr [0-9a-f]+\b/g, 'msr ADDRESS'],
      [/\b(?:0x)?[0-9a-f]{9,16}\b/g, 'ADDRESS'],
      [/\bIP \S+/g, 'IP ADDRESS'],
      [/\bcr2 \S+/g, 'cr2 ADDRESS'],
      [/\baddress: \S+/g, 'address: ADDRESS'],
    ],
  },
  {
    name: 'offset-in-function',
    why: "a function's size, and an offset in it, move with the compiler and the point release",
    replaces: [[/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+N/N']],
  },
  {
    name: 'frequency',
    why: 'frequencies are measured',
    replaces: [[/\b\d+\.\d+ (MHz|BogoMIPS)\b/g, 'N $1']],
  },
  {
    name: 'clock-offset',
    why: 'by how much a clock begins later hangs on when the guest was started (arch/x86/kernel/kvmclock.c, arch/x86/kernel/cpu/vmware.c)',
    replaces: [[/\boffset of \d+ (ns|cycles)/g, 'offset of N $1']],
  },
  {
    name: 'source-line',
    why: 'the lines of BUG and WARNING move with each point release; 6.12 names CPU and task before the place, 7.2 behind it (kernel/panic.c, __warn())',
    replaces: [
      [/(\.[ch]:)\d+/g, '$1N'],
      [
        /^WARNING: (?:CPU: \d+ PID: \d+ )?(?:at )?(\S+\.[chS]:\S+) (?:at )?(\S+?)(?:, CPU#\d+: .*)?$/,
        'WARNING: at $1 $2',
      ],
    ],
  },
  {
    name: 'process',
    why: 'which process and which CPU came to it hangs on scheduling',
    replaces: [
      [/\bPID: \d+/g, 'PID: N'],
      [/\bCPU: \d+/g, 'CPU: N'],
    ],
  },
  {
    name: 'stall',
    why: 'which CPU stalled, how long and in what hangs on scheduling (kernel/watchdog.c, watchdog_timer_fn(); kernel/rcu/tree_stall.h)',
    replaces: [
      [/\bCPU#\d+ stuck for \d+s! \[[^\]]*\]/g, 'CPU#N stuck'],
      [/\(t=\d+ jiffies g=-?\d+[^)]*\)/g, '(t=N)'],
    ],
  },
]

const omitted = normalisationRules.flatMap(({ omits = [] }) => omits)
const replacements = normalisationRules.flatMap(({ replaces = [] }) => replaces)

/** A line of the kernel log as a baseline keeps it, or null for one that depends on timing. */
export function normaliseLogLine(line: string): string | null {
  return omitted.some(pattern => pattern.test(line)) ? null : normaliseText(line)
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
