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

/**
 * Whether a text can be a kernel's release. It is part of paths (/lib/modules/RELEASE, config-RELEASE, a results folder) and of
 * what is printed, so that no other character passes; 64 is the kernel's own limit (`uts_len` in its Makefile).
 */
export function isRelease(text: string): boolean {
  return text.length <= 64 && /^\d[\w.+~:@^=,-]*$/.test(text) && !text.includes('..')
}

/**
 * Reads release and version from a banner.
 *
 * @returns undefined where it does not begin as a kernel's does, its release can be none (see {@link isRelease}), or it has
 *   control characters
 */
export function readBanner(banner: string): BannerFacts | undefined {
  const match = /^(?:Linux version )?((\d+(?:\.\d+)+(?:-rc\d+)?)\S*)/.exec(banner)
  const [, release, numeric] = match ?? []
  if (release === undefined || numeric === undefined) return undefined
  if (!isRelease(release) || /\p{Cc}/u.test(banner)) return undefined
  return { release, version: threeParts(debianVersion(banner) ?? numeric) }
}

/**
 * The upstream part of the package version that Debian's kernels state behind the build number, as in
 * `#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-1 (2026-01-01)`. Only there: the compiler's version, too, has Debian's name.
 */
function debianVersion(banner: string): string | undefined {
  const [, upstream, candidate = ''] =
    / #\d+ .*\bDebian (\d{1,4}(?:\.\d{1,4}){1,3})(?:~(rc\d{1,3}))?\S*-\S+ \(/.exec(banner) ?? []
  return upstream === undefined ? undefined : upstream + (candidate && `-${candidate}`)
}

/** `7.3-rc4` -> `7.3.0-rc4`: Debian drops the zero that the kernel's own Makefile has. */
function threeParts(version: string): string {
  return version.replace(/^(\d+\.\d+)(?=$|-)/, '$1.0')
}

/** How long a banner can be, in bytes; they have some 200. */
const maxBanner = 1024

/**
 * The first kernel banner in an uncompressed kernel's data; the format string that looks like one is passed over.
 *
 * @param data - the data in parts of any size; of them no more is held than the one at hand
 */
export async function findBanner(data: AsyncIterable<Buffer>): Promise<string | undefined> {
  const start = 'Linux version '
  // What the end of a part has of a banner, the next part completes.
  let held: Buffer = Buffer.alloc(0)
  for await (const part of data) {
    held = Buffer.concat([held, part])
    for (let at = held.indexOf(start); at !== -1; at = held.indexOf(start, at + 1)) {
      const line = /^(Linux version \d[^\0\n]*)[\0\n]/.exec(
        held.toString('utf8', at, at + maxBanner),
      )
      if (line?.[1] !== undefined) return line[1].trimEnd()
    }
    held = held.subarray(-maxBanner)
  }
  return undefined
}
