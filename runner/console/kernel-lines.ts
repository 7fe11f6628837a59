import type { Outcome } from '../scenario/outcome.js'

/** A way in which a kernel dies, by its own words. */
export type Death = Extract<Outcome, 'early-exception' | 'oops' | 'panic' | 'refused'>

interface DeathPattern {
  readonly death: Death
  readonly pattern: RegExp
}

// What a kernel says that will not start on this machine, before anything of it runs: main() in arch/x86/boot/main.c on what
// validate_cpu() of cpu.c found, go_to_protected_mode() in pm.c, and error() in arch/x86/boot/compressed/error.c.
const refusal =
  /^(?:Unable to boot - please use a kernel appropriate|A20 gate not responding, unable to boot| -- System halted).*/m

// In order of what they tell: an early exception may follow a BUG, and a panic follows each oops (oops=panic).
// early_fixup_exception() in arch/x86/mm/extable.c; __die_header() in arch/x86/kernel/dumpstack.c prints
// `NAME: CODE [#COUNT]`; vpanic() in kernel/panic.c. A guest may print megabytes without an end of line: no pattern may
// look at a character more than a few times.
const deathPatterns: readonly DeathPattern[] = [
  { death: 'early-exception', pattern: /PANIC: early exception 0x[0-9a-f]+.*/ },
  { death: 'oops', pattern: /^.*: [0-9a-f]{4} \[#\d+\].*/m },
  { death: 'panic', pattern: /Kernel panic - not syncing.*/ },
  { death: 'refused', pattern: refusal },
]

// The setup code (arch/x86/boot/edd.c is its most talkative part) and the decompressor print these with earlyprintk;
// printk's lines bear a time.
const kernelPattern =
  /^(?:\[\s*\d+\.\d{6}\]|early console in |Probing EDD |Decompressing Linux|Linux version |PANIC: early|This kernel requires |Unable to boot - )/m

/** What a kernel said of its death. */
export interface FoundDeath {
  readonly death: Death
  /** The line that says so, without its time. */
  readonly line: string
  /**
   * The function that the CPU was in, such as `xen_hypercall_amd`; null where no registers were shown, or it was in none. A panic
   * shows none of its own: what follows are those of whatever was interrupted.
   */
  readonly diedIn: string | null
}

// `RIP: 0010:xen_hypercall_amd+0x0/0x10`, or a bare address: show_ip() in arch/x86/kernel/dumpstack.c. Behind a dot stands what gcc
// made of the function, such as `.isra.0`, which differs from build to build; 512 is KSYM_NAME_LEN.
const ripPattern =
  /^(?:\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])? ?)?RIP: [0-9a-f]{4}:(?:([A-Za-z_]\w{0,511})(?:\.[\w.]{1,512})?\+0x)?/m

/** What the kernel said of its death. Null where it said nothing. */
export function findDeath(text: string): FoundDeath | null {
  // What a kernel says after the end of a panic, it died of before: where the firmware's timer still ticks, as it does for a
  // kernel started by its PVH entry, the next tick is an early exception.
  const [upToPanic = ''] = text.split('---[ end Kernel panic', 1)
  for (const { death, pattern } of deathPatterns) {
    const found = pattern.exec(upToPanic)
    if (found === null) continue
    if (death === 'refused') return { death, line: refusalOf(upToPanic, found), diedIn: null }
    const line = found[0].replace(/^\[[\d .]+\] /, '').trimEnd()
    const registers = death === 'panic' ? null : ripPattern.exec(upToPanic.slice(found.index))
    return { death, line, diedIn: registers?.[1] ?? null }
  }
  return null
}

// The longest list of missing features has some 300 characters.
const refusalLength = 1024

/** What a kernel refuses to start for stands before the line that says that it does. */
function refusalOf(text: string, { index, 0: line }: RegExpExecArray): string {
  const before = text
    .slice(Math.max(0, index - refusalLength), index)
    .split(/[\r\n]+/)
    .filter(said => said.trim() !== '')
  const reason = before.findLastIndex(said => said.startsWith('This kernel requires '))
  const said = reason < 0 ? before.slice(-1) : before.slice(reason)
  return (line.startsWith(' -- ') || reason >= 0 ? [...said, line] : [line])
    .map(part => part.trim())
    .join(' ')
}

/** Whether the kernel proper has printed a line, which bears a time. */
export function hasPrintkLine(text: string): boolean {
  return /^\[\s*\d+\.\d{6}\]/m.test(text)
}

/** Whether any line of `text` is a kernel's, and not the firmware's. */
export function hasKernelLine(text: string): boolean {
  return kernelPattern.test(text)
}
