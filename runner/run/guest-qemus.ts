import type { NestedHostImage } from '../../images/nested/build.js'
import type { GuestQemu } from '../report/reporter.js'
import type { GuestPlace } from './guest-places.js'

/**
 * The QEMUs that guests will be started in, each once: those of this machine, those that are fetched, and the nested host's.
 *
 * @param recall - what is known of the nested host; null where it was not made yet
 */
export async function guestQemus(
  places: readonly Pick<GuestPlace, 'accelerator' | 'qemu'>[],
  recall: () => Promise<Pick<NestedHostImage, 'qemuVersion'> | null> = recallOwn,
): Promise<GuestQemu[]> {
  const here = places.filter(({ accelerator }) => accelerator !== 'nested')
  const own = new Map(here.map(({ qemu }) => [qemu.name, qemu]))
  const qemus = [...own.values()]
    .map(({ name, path, version }) => ({ version, suite: name === path ? null : name }))
    .sort((a, b) => Number(a.suite !== null) - Number(b.suite !== null))
    .map((qemu): GuestQemu => ({ ...qemu, nested: false }))
  if (here.length === places.length) return qemus
  const made = await recall().catch(() => null)
  return [...qemus, { version: made?.qemuVersion ?? null, suite: null, nested: true }]
}

async function recallOwn(): Promise<NestedHostImage | null> {
  return (await import('../../images/nested/build.js')).recallNestedHost()
}
