import * as z from 'zod'
import { accelerators } from '../plan/accelerator.js'
import { kvmFeatures } from '../scenario/schema.js'

/** What a worker says of itself. */
export const offerSchema = z.object({
  id: z.string(),
  name: z.string(),
  guise: z.string().describe('the version'),
  accelerators: z.array(z.enum(accelerators)),
  features: z.array(z.enum(kvmFeatures)).describe('of its KVM'),
  vendor: z.string().nullable().describe('of its CPU'),
  qemu: z.object({
    version: z.string(),
    named: z.string().nullable().describe('as its `--qemu` names it'),
  }),
  guests: z.int().min(1).describe('how many it runs at a time'),
  gaveUp: z
    .array(z.object({ queue: z.string(), why: z.string() }))
    .describe('what it cannot serve, whatever it said'),
})

/** See {@link offerSchema}. */
export type Offer = z.output<typeof offerSchema>

/** A worker in a few words: `box-7 (guise 0.1.0; kvm tcg; QEMU 7.2.22; 2 guests at a time)`. */
export function formatOffer({ name, guise, accelerators, qemu, guests, gaveUp }: Offer): string {
  const guestsAtATime = `${guests} guest${guests === 1 ? '' : 's'} at a time`
  const has = [`guise ${guise}`, accelerators.join(' '), `QEMU ${qemu.version}`, guestsAtATime]
  const not = gaveUp.map(({ queue, why }) => `not ${queue}: ${why}`)
  return `${name} (${[...has, ...not].join('; ')})`
}
