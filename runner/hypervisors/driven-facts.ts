import * as z from 'zod'
import type { ReadonlyDeep } from '../read-only.js'

/** The devices that the guest's own init can drive, by the names that QEMU has for them. */
export const drivenDevices = ['vmware-svga'] as const

/** See {@link drivenDevices}. */
export type DrivenDevice = (typeof drivenDevices)[number]

const uint32 = z.int().min(0).max(0xffffffff)
const hexadecimal = z.string().regex(/^0x[0-9a-f]{8}$/)
const colour = z.string().regex(/^#[0-9a-f]{6}$/)

const answers = z
  .strictObject({
    id: hexadecimal.describe('SVGA_REG_ID; 0x90000002 is SVGA_ID_2'),
    capabilities: hexadecimal,
    maxWidth: uint32,
    maxHeight: uint32,
    framebufferBytes: uint32,
    fifoBytes: uint32,
    width: uint32,
    height: uint32,
    bitsPerPixel: uint32,
    redMask: hexadecimal,
    greenMask: hexadecimal,
    blueMask: hexadecimal,
    bytesPerLine: uint32,
    framebufferOffset: uint32,
    fifoNext: uint32.describe('where the guest would put its next command'),
    fifoStop: uint32.describe('how far the device has executed them'),
  })
  .describe("the device's registers; 0 for those that the guest did not come to")

const picture = z.strictObject({
  width: z.int().min(1),
  height: z.int().min(1),
  differing: z
    .int()
    .min(0)
    .describe('pixels that are not as they were drawn; all, in another size'),
  first: z
    .strictObject({ x: z.int(), y: z.int(), drawn: colour, got: colour })
    .nullable()
    .describe('the first of them in a picture of the size that was drawn'),
})

/** What came of a device that the guest's init drove, as user space once did. */
export const drivenFactsSchema = z.strictObject({
  device: z.enum(drivenDevices),
  at: z.string().describe('its bus and its name there, such as pci 0000:00:03.0'),
  answers,
  drawn: z.boolean().describe('whether it did all that it was told; the guest says so'),
  gaveUp: z.string().nullable().describe('why the guest gave it up'),
  picture: picture.nullable().describe('what it showed, taken from outside; null: not taken'),
  untaken: z.string().nullable().describe('why no picture was taken'),
})

/** See {@link drivenFactsSchema}. */
export type DrivenFacts = ReadonlyDeep<z.output<typeof drivenFactsSchema>>

/** Whether a device showed what was drawn on it, to the last pixel. */
export function cameBack({ drawn, picture }: DrivenFacts): boolean {
  return drawn && picture?.differing === 0
}

/** The version of the protocol that it speaks, as VMware's svga_reg.h names it; the number where that has no name. */
export function svgaVersion(id: string): string {
  const version = /^0x9000000([0-2])$/.exec(id)?.[1]
  return version === undefined ? id : `SVGA_ID_${version}`
}
