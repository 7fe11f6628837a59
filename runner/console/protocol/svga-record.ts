import { offsets, sizes } from './layout.js'

/** A field of the answers. */
export type SvgaField = keyof typeof offsets.svgaAnswers

/** What VMware's video answered to the guest that drove it. */
export interface SvgaAnswers {
  /** The device's name on the bus pci: `0000:00:03.0`. */
  readonly name: string
  /** Its registers, and `drawn`: whether it did all that it was told. A guest may say anything. */
  readonly values: Readonly<Record<SvgaField, number>>
}

const fields = Object.keys(offsets.svgaAnswers) as SvgaField[]

// A domain, a bus, a device and a function, as pci_setup_device() in Linux' drivers/pci/probe.c names it.
const pciName = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/

/** Reads such a record's payload, or null where it is not one. */
export function parseSvga(payload: Buffer): SvgaAnswers | null {
  // One that is cut short has no name.
  const name = payload.toString('latin1', sizes.svgaAnswers)
  if (!pciName.test(name)) return null
  const values = fields.map(field => [field, payload.readUInt32LE(offsets.svgaAnswers[field])])
  return { name, values: Object.fromEntries(values) as Record<SvgaField, number> }
}
