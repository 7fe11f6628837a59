import type { Registers } from '../cpuid/leaf.js'

/** What the kernel takes itself to run on. */
export interface Identity {
  /** The kernel's own words after `Hypervisor detected: `, or null if there are none. */
  readonly hypervisor: string | null
  /** The name in the paravirt banner (`Booting paravirtualized kernel on …`), or null if the kernel did not print it. */
  readonly paravirt: string | null
  /** /sys/hypervisor/type, or null if there is none: only a kernel on a real Xen has one. */
  readonly sysfsType: string | null
}

/** The clock sources of the guest, as sysfs names them. */
export interface ClockSources {
  readonly current: string | null
  readonly available: readonly string[]
}

/** A device that the guest found on a bus, and what drives it. */
export interface ObservedDevice {
  readonly bus: string
  /** Its name on that bus: `0000:00:1f.2`. */
  readonly name: string
  /** The driver bound to it, or null. */
  readonly driver: string | null
  /** Vendor, device and class in hexadecimal digits without 0x; null if the bus has no such numbers, as xen and vmbus. */
  readonly vendor: string | null
  readonly device: string | null
  readonly class: string | null
}

/** Looks a leaf up, at subleaf 0; an absent leaf reads as zeros. */
export type LeafLookup = (leaf: number) => Registers

/** The facts of a guest in which evidence of interfaces is sought. */
export interface Facts {
  readonly identity: Identity
  readonly clocksource: ClockSources
  /** The devices in charge of clock events. */
  readonly clockevents: readonly string[]
  /** The kernel's log, without times. */
  readonly log: readonly string[]
  /** The guest's leaves; those that were asked for if the guest died before its report. */
  readonly leaf: LeafLookup
  /** DMI strings by their name in /sys/class/dmi/id. */
  readonly dmi: ReadonlyMap<string, string>
  /** The devices that the machine offers, with their drivers; none if the guest died before its report. */
  readonly devices: readonly ObservedDevice[]
  /** The rows of /proc/interrupts: `LOC`, `HYP`, `IO-APIC 4-edge ttyS0`. */
  readonly interrupts: readonly string[]
}
