import type { Registers } from '../cpuid/leaf.js'

/** What the kernel takes itself to run on. */
export interface Identity {
  /** The kernel's own words after `Hypervisor detected: `, or null where it says none. */
  readonly hypervisor: string | null
  /** The name in the paravirt banner (`Booting paravirtualized kernel on …`), or null where it did not get there. */
  readonly paravirt: string | null
  /** What /sys/hypervisor/type says, or null where there is none: only a kernel that really runs on Xen has one. */
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
  /** What it is, in hexadecimal digits without 0x; null where its bus does not say: xen and vmbus have classes of their own. */
  readonly vendor: string | null
  readonly device: string | null
  readonly class: string | null
}

/** What a leaf shows for subleaf 0; zeros where it is absent. */
export type LeafLookup = (leaf: number) => Registers

/** All of a guest that the evidence of interfaces is looked for in. */
export interface Facts {
  readonly identity: Identity
  readonly clocksource: ClockSources
  /** The devices in charge of clock events. */
  readonly clockevents: readonly string[]
  /** The kernel's log, without times. */
  readonly log: readonly string[]
  /** As the guest got it, or as it was asked for where the guest died before its report. */
  readonly leaf: LeafLookup
  /** DMI strings by their name in /sys/class/dmi/id. */
  readonly dmi: ReadonlyMap<string, string>
  /** The devices that the machine offers, with their drivers; none where the guest died before its report. */
  readonly devices: readonly ObservedDevice[]
  /** The rows of /proc/interrupts: `LOC`, `HYP`, `IO-APIC 4-edge ttyS0`. */
  readonly interrupts: readonly string[]
}
