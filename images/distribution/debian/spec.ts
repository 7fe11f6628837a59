import { InputError } from '../../../runner/errors.js'

/** What a KERNEL SPEC that begins with `debian:` asks for. */
export type DebianSpec =
  | { readonly from: 'debian-suite'; readonly suite: string; readonly flavour: string }
  | { readonly from: 'debian-version'; readonly version: string; readonly flavour: string }

/** The flavours in which Debian builds its amd64 kernels; the first is the default, the smallest to fetch and boot. */
export const debianFlavours = ['cloud-amd64', 'amd64', 'rt-amd64'] as const

/**
 * Reads `debian:SUITE` or `debian:VERSION`, either with `/FLAVOUR`.
 *
 * @throws InputError for a spec that is neither
 */
export function parseDebianSpec(spec: string): DebianSpec {
  const match =
    /^debian:(?:(?<suite>[a-z][a-z-]*)|(?<version>\d+(?:\.\d+)*(?:-rc\d+)?))(?:\/(?<flavour>.*))?$/.exec(
      spec,
    )
  const { suite, version, flavour = debianFlavours[0] } = match?.groups ?? {}
  if (suite === undefined && version === undefined) {
    throw new InputError(
      `kernel ${spec}: expected debian:SUITE (debian:bookworm) or debian:VERSION (debian:6.1), with an optional /FLAVOUR`,
    )
  }
  if (!debianFlavours.some(known => known === flavour)) {
    throw new InputError(
      `kernel ${spec}: expected one of Debian's flavours ${debianFlavours.join(', ')} after the slash, got ${flavour || 'nothing'}`,
    )
  }
  if (suite !== undefined) return { from: 'debian-suite', suite, flavour }
  return { from: 'debian-version', version: version ?? '', flavour }
}
