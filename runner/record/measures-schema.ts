import * as z from 'zod'

const milliseconds = z.number().min(0)
const share = z.number().min(0).max(1)
const instructions = z.int().min(0)

/** What a record has that is measured: never compared. */
export const measures = {
  timing: z
    .strictObject({
      firstByte: milliseconds.nullable(),
      marker: milliseconds.nullable(),
      total: milliseconds,
    })
    .nullable()
    .describe('milliseconds since the launch'),
  instructions: z
    .strictObject({
      firmware: instructions.describe("to the kernel's first CPUID instruction"),
      unpacked: instructions.nullable().describe('from there to the first line of the kernel'),
      detected: instructions.nullable().describe('to `Hypervisor detected`'),
      init: instructions.nullable().describe('to the start of init'),
      report: instructions.nullable().describe("to the end of init's report"),
    })
    .nullable()
    .optional()
    .describe(
      'how many the guest executed, exact on virtual time; null: not counted; no part of a baseline',
    ),
  tsc: z
    .strictObject({
      told: z.array(z.strictObject({ leaf: z.string(), khz: z.int().min(0) })),
      counts: z.int().min(1).nullable().describe('kHz; null: not known'),
      true: z
        .boolean()
        .nullable()
        .describe('whether it counts at what is told; null: nothing told, or not known'),
      why: z.string().nullable().describe('why it does not count at what was asked for'),
    })
    .nullable()
    .optional()
    .describe(
      "the TSC's frequency as the leaves tell it, and as it is; null where nothing is told or asked; no part of a baseline",
    ),
  deadlines: z
    .strictObject({ silence: milliseconds, total: milliseconds })
    .nullable()
    .describe('how long the guest might be silent and run, in milliseconds'),
  load: z
    .strictObject({
      waited: share.describe('of the time in which the guest ran, QEMU was ready and had no CPU'),
      longestStallMs: milliseconds.describe('the longest that it may have stood still so'),
      stolen: share
        .nullable()
        .describe('of the time in which this machine was busy, its own hypervisor took'),
      pressure: share
        .nullable()
        .describe('of the time in which the guest ran, some task of this machine had no CPU'),
      ran: z
        .number()
        .nonnegative()
        .describe('the CPUs that QEMU used; of a nested guest, the nested host’s QEMU'),
      starved: z.boolean().describe('so much that the guest may show it'),
    })
    .nullable()
    .describe('how busy this machine was; null: not measured; never compared'),
}
