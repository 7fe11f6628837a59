/**
 * A death or a warning, from the start of its line: early_fixup_exception() in arch/x86/mm/extable.c; show_fault_oops() in
 * arch/x86/mm/fault.c; report_bug() in lib/bug.c; __warn() and vpanic() in kernel/panic.c; __die_header() in
 * arch/x86/kernel/dumpstack.c, which says `Oops: ` before the kind in newer kernels. No line is looked at for long.
 */
export const trouble =
  /^(?:PANIC: |BUG: |kernel BUG at |WARNING: |Kernel panic - not syncing|[A-Za-z][\w :,-]{0,100}: [0-9a-f]{4} \[#\d+\])/

/**
 * A clock that the kernel gives up: clocksource_watchdog() and cs_watchdog_read() in kernel/time/clocksource.c, which call it
 * by its name, in quotes, or by nothing; and what tsc_cs_mark_unstable() in arch/x86/kernel/tsc.c makes of it.
 */
export const clockGivenUp =
  /^(?:clocksource: .*\bmarking (?:clocksource \S+ (?:as )?|\S+ )?unstable|tsc: Marking TSC unstable due to clocksource watchdog)/i
