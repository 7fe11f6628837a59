import { distributionOf } from '../../images/distribution/table.js'
import type { ResolveOptions } from '../../images/kernel/kernel.js'
import { askQemu, findQemu, type Qemu } from '../launch/qemu.js'

/**
 * The QEMU that is asked for: by its path, by a distribution's suite (`debian:trixie`, which is fetched and not installed), or without
 * a word the one in PATH.
 *
 * @throws InputError for a suite that has none
 * @throws EnvironmentError when there is none, or it cannot be fetched
 */
export async function askedQemu(
  asked: string | undefined,
  options: ResolveOptions = {},
): Promise<Qemu> {
  const distribution = asked === undefined ? undefined : distributionOf(asked)
  if (asked === undefined || distribution === undefined) return findQemu(asked, options.signal)
  const { program, command } = await distribution.fetchQemu(asked, options)
  return askQemu({ path: program, name: asked, command }, options.signal)
}
