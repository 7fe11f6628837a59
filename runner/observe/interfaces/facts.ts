import {
  baseStride,
  type CpuDump,
  hex32,
  hypervisorFirst,
  type Registers,
  zeroRegisters,
} from '../../cpuid/leaf.js'
import { decodeSignature } from '../../cpuid/signature.js'
import type { LeafTable } from '../../plan/leaf-table.js'
import type { ObservedDevice } from '../devices.js'
import type { Identity } from '../identity.js'

/** The clock sources of the guest, as sysfs names them. */
export interface ClockSources {
  readonly current: string | null
  readonly available: readonly string[]
}

/** All that the evidence of interfaces is looked for in. */
export interface InterfaceFacts {
  readonly identity: Identity
  readonly clocksource: ClockSources
  /** The devices in charge of clock events. */
  readonly clockevents: readonly string[]
  /** The kernel's log, without times. */
  readonly log: readonly string[]
  /** What a leaf shows: as the guest got it, or as it was asked for where the guest died before its report. */
  readonly leaf: (leaf: number) => Registers
  /** DMI strings by their name in /sys/class/dmi/id. */
  readonly dmi: ReadonlyMap<string, string>
  /** The devices that the machine offers, with their drivers; none where the guest died before its report. */
  readonly devices: readonly ObservedDevice[]
  /** The rows of /proc/interrupts: `LOC`, `HYP`, `IO-APIC 4-edge ttyS0`. */
  readonly interrupts: readonly string[]
}

/** A function that looks a leaf up: in the first vCPU's dump where there is one, else in the table. */
export function leafLookup(dump: CpuDump | undefined, table: LeafTable): InterfaceFacts['leaf'] {
  if (dump !== undefined) {
    const leaves = new Map(
      dump.leaves
        .filter(({ subleaf }) => subleaf === 0)
        .map(({ leaf, registers }) => [leaf, registers]),
    )
    return leaf => leaves.get(leaf) ?? zeroRegisters
  }
  const edits = new Map(
    table.edits
      .filter(({ subleaf }) => (subleaf ?? 0) === 0)
      .map(edit => [edit.leaf, edit.registers]),
  )
  return leaf => {
    const registers = edits.get(leaf)
    if (!registers) return zeroRegisters
    const { eax, ebx, ecx, edx } = registers
    return { eax: eax.set, ebx: ebx.set, ecx: ecx.set, edx: edx.set }
  }
}

/** The first of the 256 hypervisor bases that bears `signature`, or null (Linux: `hypervisor_cpuid_base()`). */
export function findBase({ leaf }: Pick<InterfaceFacts, 'leaf'>, signature: string): number | null {
  for (let base = hypervisorFirst; base < hypervisorFirst + 256 * baseStride; base += baseStride) {
    if (decodeSignature(leaf(base)) === signature) return base
  }
  return null
}

/** The first line of the log that matches, as evidence. */
export function logLine({ log }: Pick<InterfaceFacts, 'log'>, pattern: RegExp): string | null {
  return log.find(line => pattern.test(line)) ?? null
}

/** Whether the kernel's command line has a word, by its own log. */
export function wasTold({ log }: Pick<InterfaceFacts, 'log'>, word: string): boolean {
  return log.some(
    line => line.startsWith('Kernel command line: ') && line.split(' ').includes(word),
  )
}

/** What takes a line of the log for evidence. */
export function says(pattern: RegExp): (facts: Pick<InterfaceFacts, 'log'>) => string | null {
  return facts => logLine(facts, pattern)
}

/** Evidence for a row of /proc/interrupts, which the kernel shows where it has set the vector up. */
export function interruptRow(
  { interrupts }: Pick<InterfaceFacts, 'interrupts'>,
  name: string,
): string | null {
  return interrupts.includes(name) ? `/proc/interrupts has ${name}` : null
}

/** Evidence for a signature: `VMwareVMware at 0x40000000`. */
export function signatureEvidence(signature: string, base: number | null): string | null {
  return base === null ? null : `${signature} at ${hex32(base)}`
}

/** Evidence for a clock source: that it is the current one, or available. */
export function clockEvidence({ clocksource }: InterfaceFacts, name: string): string | null {
  if (clocksource.current === name) return `current clocksource ${name}`
  return clocksource.available.includes(name) ? `available clocksource ${name}` : null
}
