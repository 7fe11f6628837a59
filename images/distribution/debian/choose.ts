import { InputError } from '../../../runner/errors.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import type { DebianSpec } from './spec.js'
import type { DebianKernel } from './kernel-packages.js'
import { suiteKernels } from './suite-kernels.js'
import { compareDebianVersions } from './version.js'

/** The suites in which a VERSION is looked for. */
export const knownSuites = [
  'bullseye',
  'bullseye-security',
  'bookworm',
  'bookworm-security',
  'bookworm-backports',
  'trixie',
  'trixie-security',
  'trixie-backports',
  'forky',
  'sid',
]

/**
 * Chooses the newest kernel that a `debian:` spec asks for. A SUITE means that suite and its security updates, and of them
 * the suite's own kernel series; a VERSION is looked for in all {@link knownSuites}.
 *
 * @throws InputError when there is none, with what there is
 * @throws EnvironmentError when the mirror cannot be asked
 */
export async function chooseKernel(
  spec: string,
  asked: DebianSpec,
  options: ResolveOptions,
): Promise<DebianKernel> {
  const ofFlavour = (kernels: readonly DebianKernel[]) =>
    kernels.filter(({ flavour }) => flavour === asked.flavour)
  if (asked.from === 'debian-suite') {
    const found = ofFlavour(await kernelsOfSuite(spec, asked.suite, options))
    const kernel = newest(found.filter(({ native }) => native)) ?? newest(found)
    if (kernel) return kernel
    throw new InputError(
      `kernel ${spec}: Debian's ${asked.suite} has no kernel of flavour ${asked.flavour}`,
    )
  }
  const { answers, trouble } = await suiteKernels.askAll(knownSuites, options)
  const found = ofFlavour([...answers.values()].flatMap(kernels => kernels ?? []))
  const kernel = newest(found.filter(({ upstream }) => matchesVersion(upstream, asked.version)))
  if (kernel) return kernel
  if (trouble) throw trouble
  throw new InputError(`kernel ${spec}: ${whyNone(asked, found)}`)
}

/** What there is instead of a version: of its series, the point releases that are left; or else the series. */
function whyNone(
  { version, flavour }: { readonly version: string; readonly flavour: string },
  found: readonly DebianKernel[],
): string {
  const seriesOf = (text: string) => text.split('.').slice(0, 2).join('.')
  const listed = (versions: readonly string[]) =>
    [...new Set(versions)].sort(compareDebianVersions).join(', ') || 'none'
  const versions = found.map(({ upstream }) => upstream)
  const near = versions.filter(other => seriesOf(other) === seriesOf(version))
  return near.length > 0
    ? `the mirror has no ${flavour} kernel ${version}, or no longer: archives keep the newest point releases only. Of ${seriesOf(version)} it has ${listed(near)}`
    : `none of the mirror's suites has a ${flavour} kernel ${version}; it has ${listed(versions.map(seriesOf))}`
}

/** Whether `version` is `asked` or one of its point releases: `6.1` means 6.1.192, not 6.12. */
export function matchesVersion(version: string, asked: string): boolean {
  return version === asked || version.startsWith(`${asked}.`) || version.startsWith(`${asked}-`)
}

/** The newest of them by package version. */
export function newest<T extends { readonly version: string }>(
  packages: readonly T[],
): T | undefined {
  return packages.toSorted((a, b) => compareDebianVersions(a.version, b.version)).at(-1)
}

async function kernelsOfSuite(
  spec: string,
  suite: string,
  options: ResolveOptions,
): Promise<readonly DebianKernel[]> {
  const security = suite.includes('-') ? [] : [`${suite}-security`]
  const { answers, asked, trouble } = await suiteKernels.askAll([suite, ...security], options)
  let own = answers.get(suite)
  if (own === undefined && trouble) throw trouble
  // A suite that was missing a while ago may be there by now.
  if (own === null && !asked.has(suite)) own = await suiteKernels.ask(suite, options)
  if (own) return [...own, ...security.flatMap(name => answers.get(name) ?? [])]
  throw new InputError(
    `kernel ${spec}: the mirror in this machine's apt sources has no suite ${suite}; suites to try: ${knownSuites.join(', ')}`,
  )
}
