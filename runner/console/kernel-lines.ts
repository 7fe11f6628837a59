import type { Outcome } from '../scenario/outcome.js'

/** A way in which a kernel dies, by its own words. */
export type Death = Extract<Outcome, 'early-exception' | 'oops' | 'panic'>

interface DeathPattern {
  readonly death: Death
  readonly pattern: RegExp
}

// In order of what they tell: an early exception may follow a BUG, and a panic follows each oops (oops=panic).
// early_fixup_exception() in arch/x86/mm/extable.c; __die_header() in arch/x86/kernel/dumpstack.c prints
// `NAME: CODE [#COUNT]`; vpanic() in kernel/panic.c. A guest may print megabytes without an end of line: no pattern may
// look at a character more than a few times.
const deathPatterns: readonly DeathPattern[] = [
  { death: 'early-exception', pattern: /PANIC: early exception 0x[0-9a-f]+.*/ },
  { death: 'oops', pattern: /^.*: [0-9a-f]{4} \[#\d+\].*/m },
  { death: 'panic', pattern: /Kernel panic - not syncing.*/ },
]

// The setup code (arch/x86/boot/edd.c is its most talkative part) and the decompressor print these with earlyprintk;
// printk's lines bear a time.
const kernelPattern =
  /^(?:\[\s*\d+\.\d{6}\]|early console in |Probing EDD |Decompressing Linux|Linux version |PANIC: early)/m

/** What the kernel said of its death: the kind, and the line. Null where it said nothing. */
export function findDeath(text: string): { death: Death; line: string } | null {
  // What a kernel says after the end of a panic, it died of before: where the firmware's timer still ticks, as it does for a
  // kernel started by its PVH entry, the next tick is an early exception.
  const [upToPanic = ''] = text.split('---[ end Kernel panic', 1)
  for (const { death, pattern } of deathPatterns) {
    const line = pattern.exec(upToPanic)?.[0]
    if (line !== undefined) return { death, line: line.replace(/^\[[\d .]+\] /, '').trimEnd() }
  }
  return null
}

/** Whether any line of `text` is a kernel's, and not the firmware's. */
export function hasKernelLine(text: string): boolean {
  return kernelPattern.test(text)
}
