import { printable } from '../report/printable.js'

// Whether and when these come depends on how busy the machine is, not on what the kernel detected.
const dependsOnTiming = [
  /^tsc: (?:Fast TSC calibration|Refined TSC|PIT calibration|Unable to calibrate|using \w+ reference)/,
  /^clocksource: timekeeping watchdog/,
  /^clocksource: .*(?:skew|nsecs|read-back|Long readout interval)/,
  /^tsc: HPET\/PMTIMER calibration/,
  /^hpet: Lost \d+ RTC interrupts/,
]

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\bmax_idle_ns: \d+/g, 'max_idle_ns: N'],
  // Addresses and what else is long in hexadecimal.
  [/\b(?:0x)?[0-9a-f]{9,16}\b/g, 'ADDRESS'],
  [/\bIP \S+/g, 'IP ADDRESS'],
  [/\bcr2 \S+/g, 'cr2 ADDRESS'],
  [/\b\d+\.\d+ (MHz|BogoMIPS)\b/g, 'N $1'],
  [/\boffset of \d+ (ns|cycles)/g, 'offset of N $1'],
  // Line numbers of BUG and WARNING move with every point release.
  [/(\.[ch]:)\d+/g, '$1N'],
  [/\bPID: \d+/g, 'PID: N'],
  [/\bCPU: \d+/g, 'CPU: N'],
]

/** A line of the kernel log as a baseline keeps it, or null for one that depends on timing. */
export function normaliseLogLine(line: string): string | null {
  if (dependsOnTiming.some(pattern => pattern.test(line))) return null
  return printable(
    replacements.reduce((text, [pattern, word]) => text.replace(pattern, word), line).trimEnd(),
  )
}
