import { randomUUID } from 'node:crypto'
import { hostVendor } from '../launch/host-vendor.js'
import { missingKvmFeature } from '../launch/kvm-features.js'
import { probeKvm } from '../launch/kvm-probe.js'
import type { Accelerator } from '../plan/accelerator.js'
import { askedQemu } from '../run/find-qemu.js'
import { kvmFeatures } from '../scenario/schema.js'
import { guiseVersion } from '../version.js'
import type { Offer } from './offer.js'

/** What is known of a worker before it is asked. */
export interface OwnOfferOptions {
  readonly name: string
  /** How many guests it runs at a time. */
  readonly guests: number
  readonly qemu: string | undefined
  /** What it is said to have; without it, what it is found to have. */
  readonly serve: readonly Accelerator[] | undefined
  readonly signal: AbortSignal
  readonly onNote: (text: string) => void
}

/**
 * What this machine has for guests.
 *
 * @throws EnvironmentError when there is no QEMU
 */
export async function ownOffer(options: OwnOfferOptions): Promise<Offer> {
  const { name, guests, qemu: asked, serve, signal, onNote } = options
  const { qemu } = await askedQemu(asked, { signal })
  const kvm = await probeKvm(qemu, { again: false, signal })
  if (!kvm.works && serve === undefined) onNote(`KVM is not served: ${kvm.reason}`)
  const found: Accelerator[] = [...(kvm.works ? (['kvm'] as const) : []), 'nested', 'tcg']
  const accelerators = serve === undefined ? found : [...new Set(serve)]
  const features: Offer['features'] = []
  // What is said of KVM is said of its features, too.
  for (const feature of kvmFeatures) {
    const lacks = kvm.works ? await missingKvmFeature(qemu, [feature], signal) : null
    if (accelerators.includes('kvm') && lacks === null) features.push(feature)
  }
  return {
    id: randomUUID(),
    name,
    guise: guiseVersion(),
    accelerators,
    features,
    vendor: hostVendor(),
    qemu: { version: qemu.version, named: asked === undefined ? null : qemu.name },
    guests,
    gaveUp: [],
  }
}
