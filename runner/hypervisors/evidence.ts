import { hex32, type RegisterName } from '../cpuid/leaf.js'
import { type BaseRule, findBase } from './base.js'
import type { Facts } from './facts.js'

/** What shows that an interface is offered or adopted. */
export interface Evidence {
  /** In words: a line of the kernel's log, a bit of a leaf, a clock. */
  readonly text: string
  /** The device that shows it, by bus and name: `pci 0000:00:1f.2`. Without one it is evidence of the whole machine. */
  readonly device?: string
}

/** Looks for evidence in a guest's facts; returns null if there is none. */
export type Look = (facts: Facts) => Evidence | null

/** Evidence that holds for every machine. */
export function always(text: string): Look {
  return () => ({ text })
}

/** The evidence of the first look that finds any. */
export function either(...looks: readonly Look[]): Look {
  return facts => {
    for (const look of looks) {
      const found = look(facts)
      if (found !== null) return found
    }
    return null
  }
}

/** The first line of the kernel's log that matches. */
export function says(pattern: RegExp): Look {
  return ({ log }) => inWords(log.find(line => pattern.test(line)))
}

/** `Hypervisor detected: ` with such a name (arch/x86/kernel/cpu/hypervisor.c). */
export function detected(name: RegExp): Look {
  const line = says(/^Hypervisor detected: /)
  return facts => (name.test(facts.identity.hypervisor ?? '') ? line(facts) : null)
}

/** The paravirt banner with such a name (arch/x86/kernel/paravirt.c, default_banner()). */
export function banner(name: RegExp): Look {
  const line = says(/^Booting .*kernel on /)
  return facts => (name.test(facts.identity.paravirt ?? '') ? line(facts) : null)
}

/** A clock source that is the current one, or available (/sys/devices/system/clocksource). */
export function clock(name: string): Look {
  return ({ clocksource: { current, available } }) => {
    if (current === name) return { text: `current clocksource ${name}` }
    return available.includes(name) ? { text: `available clocksource ${name}` } : null
  }
}

/** A device in charge of clock events, by one of its names (/sys/devices/system/clockevents). */
export function clockEvent(...names: readonly string[]): Look {
  return ({ clockevents }) => {
    const found = names.find(name => clockevents.includes(name))
    return found === undefined ? null : { text: `clock event device ${found}` }
  }
}

/** A row of /proc/interrupts. The kernel shows it once it has set the vector up. */
export function interruptRow(name: string): Look {
  return ({ interrupts }) =>
    interrupts.includes(name) ? { text: `/proc/interrupts has ${name}` } : null
}

/** One bit of a leaf: `0x00000001 edx bit 4`. */
export function bit(leaf: number, register: RegisterName, number: number): Look {
  return facts =>
    ((facts.leaf(leaf)[register] >>> number) & 1) === 1
      ? { text: `${hex32(leaf)} ${register} bit ${number}` }
      : null
}

/** One bit of a hypervisor's leaf. `offset` counts from the base that bears its signature. */
export function featureBit(
  rule: BaseRule,
  offset: number,
  register: RegisterName,
  number: number,
): Look {
  return facts => {
    const base = findBase(facts.leaf, rule)
    return base === null ? null : bit(base + offset, register, number)(facts)
  }
}

/** A hypervisor's signature: `KVMKVMKVM at 0x40000100`. */
export function signatureAt(rule: BaseRule): Look {
  return ({ leaf }) => {
    const base = findBase(leaf, rule)
    return base === null ? null : { text: `${rule.signature} at ${hex32(base)}` }
  }
}

/** Whether the kernel's command line has a word, by its own log. */
export function wasTold({ log }: Pick<Facts, 'log'>, word: string): boolean {
  return log.some(
    line => line.startsWith('Kernel command line: ') && line.split(' ').includes(word),
  )
}

function inWords(text: string | undefined): Evidence | null {
  return text === undefined ? null : { text }
}
