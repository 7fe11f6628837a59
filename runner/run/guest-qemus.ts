import type { NestedHostImage } from '../../images/nested/build.js'
import type { Kvm } from '../launch/kvm.js'
import type { Qemu } from '../launch/qemu.js'
import type { GuestQemu } from '../report/reporter.js'
import type { Scenario } from '../scenario/scenario.js'

/**
 * The QEMUs that the guests of scenarios will be started in, the nested host's only if one of them goes there.
 *
 * @param recall - what is known of the nested host; null where it was not made yet
 */
export async function guestQemus(
  scenarios: readonly Scenario[],
  { version }: Qemu,
  kvm: Pick<Kvm, 'choose'>,
  recall: () => Promise<Pick<NestedHostImage, 'qemuVersion'> | null> = recallOwn,
): Promise<GuestQemu[]> {
  const nested = new Set<boolean>()
  for (const scenario of scenarios)
    nested.add((await kvm.choose(scenario)).accelerator === 'nested')
  const qemus: GuestQemu[] = nested.has(false) ? [{ version, nested: false }] : []
  if (!nested.has(true)) return qemus
  const made = await recall().catch(() => null)
  return [...qemus, { version: made?.qemuVersion ?? null, nested: true }]
}

async function recallOwn(): Promise<NestedHostImage | null> {
  return (await import('../../images/nested/build.js')).recallNestedHost()
}
