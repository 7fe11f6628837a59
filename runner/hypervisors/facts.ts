import * as z from 'zod'
import type { Registers } from '../cpuid/leaf.js'
import { cpuFactsSchema } from './cpu-facts.js'
import { drivenFactsSchema } from './driven-facts.js'
import type { ReadonlyDeep } from '../read-only.js'

const device = z.strictObject({
  bus: z.string(),
  name: z.string().describe('on that bus, such as 0000:00:1f.2'),
  driver: z.string().nullable().describe('null: no driver is bound to it'),
  // Null if the bus has no such numbers, as xen and vmbus.
  vendor: z.string().nullable().describe('hexadecimal digits'),
  device: z.string().nullable().describe('hexadecimal digits'),
  class: z.string().nullable().describe('hexadecimal digits'),
})

/** What is known of a guest, and stands in its record as it is. */
export const guestFactsSchema = z.strictObject({
  // The paravirt banner is `Booting paravirtualized kernel on …`; only a kernel on a real Xen has a type in sysfs.
  identity: z.strictObject({
    hypervisor: z.string().nullable().describe("the kernel's own words, or null"),
    paravirt: z.string().nullable(),
    sysfsType: z.string().nullable().describe('/sys/hypervisor/type, or null'),
  }),
  // As sysfs names them; settled if the kernel had made its choice when the guest looked.
  clocksource: z.strictObject({
    current: z.string().nullable(),
    available: z.array(z.string()),
    settled: z.boolean(),
  }),
  // The devices in charge of clock events, sorted and each once.
  clockevents: z.array(z.string()),
  // Of the first CPU in /proc/cpuinfo, sorted.
  flags: z.array(z.string()),
  cpu: cpuFactsSchema
    .nullish()
    .describe('null: the guest did not report; records of earlier versions have none'),
  devices: z.array(device).describe('on the buses pci, virtio, vmbus and xen, sorted'),
  driven: z
    .array(drivenFactsSchema)
    .optional()
    .describe("devices that the guest's init drove; records of earlier versions have none"),
})

/** See {@link guestFactsSchema}. */
export type GuestFacts = ReadonlyDeep<z.output<typeof guestFactsSchema>>

/** What the kernel takes itself to run on. */
export type Identity = GuestFacts['identity']

/** A device that the guest found on a bus, and what drives it. */
export type ObservedDevice = GuestFacts['devices'][number]

/** The facts of a guest that said nothing. */
export const noFacts: GuestFacts = {
  identity: { hypervisor: null, paravirt: null, sysfsType: null },
  clocksource: { current: null, available: [], settled: false },
  clockevents: [],
  flags: [],
  cpu: null,
  devices: [],
  driven: [],
}

/** Looks a leaf up, at subleaf 0; an absent leaf reads as zeros. */
export type LeafLookup = (leaf: number) => Registers

/** The facts of a guest in which evidence of interfaces is sought. */
export interface Facts extends GuestFacts {
  /** The kernel's log, without times. */
  readonly log: readonly string[]
  /** The guest's leaves; those that were asked for if the guest died before its report. */
  readonly leaf: LeafLookup
  /** DMI strings by their name in /sys/class/dmi/id. */
  readonly dmi: ReadonlyMap<string, string>
  /** The rows of /proc/interrupts: `LOC`, `HYP`, `IO-APIC 4-edge ttyS0`. */
  readonly interrupts: readonly string[]
  /** Whether the machine was made with a PIT: it tells of none anywhere. */
  readonly pit: boolean
}
