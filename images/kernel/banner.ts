/**
 * What a kernel's own line about itself says. A bzImage has `RELEASE (BUILDER) #N ...`, a vmlinux `Linux version RELEASE
 * (BUILDER) (COMPILER) #N ...` (init/version.c, arch/x86/boot/version.c).
 */
export interface BannerFacts {
  /** What `uname -r` says. */
  readonly release: string
  /** The upstream version; see {@link Kernel.version}. */
  readonly version: string
}

/** Reads release and version from a banner; undefined where it does not begin as a kernel's does. */
export function readBanner(banner: string): BannerFacts | undefined {
  const match = /^(?:Linux version )?((\d+(?:\.\d+)+(?:-rc\d+)?)\S*)/.exec(banner)
  const [, release, numeric] = match ?? []
  if (release === undefined || numeric === undefined) return undefined
  return { release, version: threeParts(debianVersion(banner) ?? numeric) }
}

/**
 * The upstream part of the package version that Debian's kernels state behind the build number, as in
 * `#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-1 (2026-01-01)`. Only there: the compiler's version, too, has Debian's name.
 */
function debianVersion(banner: string): string | undefined {
  const [, upstream, candidate = ''] =
    / #\d+ .*\bDebian (\d+(?:\.\d+)+)(?:~(rc\d+))?\S*-\S+ \(/.exec(banner) ?? []
  return upstream === undefined ? undefined : upstream + (candidate && `-${candidate}`)
}

/** `7.3-rc4` -> `7.3.0-rc4`: Debian drops the zero that the kernel's own Makefile has. */
function threeParts(version: string): string {
  return version.replace(/^(\d+\.\d+)(?=$|-)/, '$1.0')
}

/** The first kernel banner in an uncompressed kernel's data; the format string that looks like one is passed over. */
export function findBanner(bytes: Buffer): string | undefined {
  const start = 'Linux version '
  for (let at = bytes.indexOf(start); at !== -1; at = bytes.indexOf(start, at + 1)) {
    const line = /^Linux version \d[^\0\n]*/.exec(bytes.toString('latin1', at, at + 1024))
    if (line) return line[0].trimEnd()
  }
  return undefined
}
