import type { Kvm } from '../launch/kvm.js'
import type { Qemu } from '../launch/qemu.js'
import type { GuestQemu } from '../report/reporter.js'
import type { Scenario } from '../scenario/scenario.js'

/** The QEMUs that the guests of scenarios will be started in, the nested host's only if one of them goes there. */
export async function guestQemus(
  scenarios: readonly Scenario[],
  { version }: Qemu,
  kvm: Pick<Kvm, 'choose'>,
): Promise<GuestQemu[]> {
  const nested = new Set<boolean>()
  for (const scenario of scenarios)
    nested.add((await kvm.choose(scenario)).accelerator === 'nested')
  const qemus: GuestQemu[] = nested.has(false) ? [{ version, nested: false }] : []
  if (!nested.has(true)) return qemus
  const { recallNestedHost } = await import('../../images/nested/build.js')
  const made = await recallNestedHost().catch(() => null)
  return [...qemus, { version: made?.qemuVersion ?? null, nested: true }]
}
