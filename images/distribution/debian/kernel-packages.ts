import * as z from 'zod'
import { readStanzas } from './package-stanza.js'
import { upstreamVersion } from './version.js'

/** A kernel as Debian packages it. */
export type DebianKernel = z.infer<typeof debianKernelSchema>

/** The form in which it is remembered. */
export const debianKernelSchema = z.object({
  /** Where it was found. */
  suite: z.string(),
  /** What `uname -r` will say. */
  release: z.string(),
  flavour: z.string(),
  /** The upstream version, e.g. `6.1.192`. */
  upstream: z.string(),
  /** The version of its packages, e.g. `6.1.192-1`. */
  version: z.string(),
  /** Whether it is built from the suite's own kernel source, not from one brought in from a later release (`linux-6.1` in bullseye). */
  native: z.boolean(),
  /** The packages that hold the image and, where it is apart, the configuration. */
  packages: z.array(z.string()).readonly(),
})

/** POSIX regular expressions for the names of all packages that {@link listKernels} looks at. */
export const kernelPackagePatterns = [
  '^linux-image-[0-9]',
  '^linux-binary-[0-9]',
  '^linux-base-[0-9]',
]

/**
 * Finds the kernels in a suite's package lists. Up to 6.18 `linux-image-RELEASE` holds image and configuration; since 6.19
 * it depends on `linux-binary-RELEASE` with the one and `linux-base-RELEASE` with the other. Kernels whose parts are no
 * longer all there are left out; packages without an image, unsigned and debug ones too.
 *
 * @param lists - what `apt-cache show` printed
 */
export function listKernels(suite: string, lists: string): DebianKernel[] {
  const stanzas = readStanzas(lists)
  const available = new Set(stanzas.map(({ name, version }) => `${name}=${version}`))
  return stanzas.flatMap(({ name, version, source, depends }) => {
    const match = /^linux-image-(\d\S*?-((?:cloud-|rt-)?amd64))$/.exec(name)
    const [, release, flavour] = match ?? []
    if (release === undefined || flavour === undefined) return []
    // linux-image-6.12-amd64 and its like only depend on the newest of a series.
    if (depends.some(other => other.startsWith('linux-image-'))) return []
    const has = (part: string) => available.has(`${part}=${version}`)
    const [binary, base] = [`linux-binary-${release}`, `linux-base-${release}`]
    if (depends.includes(binary) && !has(binary)) return []
    const image = depends.includes(binary) ? binary : name
    const packages = depends.includes(base) && has(base) ? [image, base] : [image]
    const native = source === 'linux' || source === 'linux-signed-amd64'
    return [
      { suite, release, flavour, upstream: upstreamVersion(version), version, native, packages },
    ]
  })
}

/**
 * The packages that hold a kernel's modules and the list of what is built in: up to 6.18 the image's own, since 6.19
 * `linux-modules-RELEASE` and, where there is one, `linux-base-RELEASE`.
 */
export function modulePackages({ release, packages }: DebianKernel): string[] {
  const isSplit = packages.some(name => name.startsWith('linux-binary-'))
  if (!isSplit) return [...packages]
  return [...packages.filter(name => name.startsWith('linux-base-')), `linux-modules-${release}`]
}
