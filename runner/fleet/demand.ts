import * as z from 'zod'
import { accelerators } from '../plan/accelerator.js'
import { kvmFeatures } from '../scenario/schema.js'
import { fidelities } from '../scenario/outcome.js'
import type { SiteOptions } from '../run/guest-site.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Offer } from './offer.js'

/** What a guest asks of a worker. Each demand has a queue of its own: of a queue a worker takes whatever is the first. */
export const demandSchema = z.strictObject({
  accelerator: z.enum(['auto', ...accelerators]),
  fidelity: z.enum(fidelities),
  /** What KVM must have. */
  kvm: z.array(z.enum(kvmFeatures)),
  /** The suite whose QEMU was asked for by name. */
  qemu: z
    .string()
    .regex(/^[a-z0-9:.-]{1,60}$/)
    .nullable(),
})

/** See {@link demandSchema}. */
export type Demand = z.output<typeof demandSchema>

/** What the guest of a scenario asks of a worker. */
export function demandOf(
  { needs }: Pick<Scenario, 'needs'>,
  { accelerator, qemu }: Pick<SiteOptions, 'accelerator' | 'qemu'>,
): Demand {
  return {
    accelerator,
    // Of an accelerator that is asked for by name it follows.
    fidelity: accelerator === 'auto' ? needs.fidelity : accelerator === 'tcg' ? 'cpuid' : 'kvm',
    kvm: accelerator === 'kvm' ? [...needs.kvm].sort() : [],
    qemu: qemu ?? null,
  }
}

/** The name of a demand's queue, by which it is told, too: `auto kvm`. BullMQ takes no colon. */
export function queueOf(demand: Demand): string {
  const { accelerator, fidelity, kvm, qemu } = demand
  const words = [accelerator, ...(accelerator === 'auto' ? [fidelity] : []), ...kvm]
  return [...words, ...(qemu === null ? [] : [qemu.replaceAll(':', '=')])].join(' ')
}

/** Whether a worker has what a demand asks for. */
export function serves(
  offer: Pick<Offer, 'accelerators' | 'features' | 'qemu'>,
  { accelerator, fidelity, kvm, qemu }: Demand,
): boolean {
  const has = (name: Offer['accelerators'][number]) => offer.accelerators.includes(name)
  const hasAccelerator =
    accelerator !== 'auto'
      ? has(accelerator)
      : has('kvm') || (fidelity === 'kvm' ? has('nested') : has('tcg'))
  const hasQemu = qemu === null || offer.qemu.named === null || offer.qemu.named === qemu
  return hasAccelerator && hasQemu && kvm.every(feature => offer.features.includes(feature))
}
