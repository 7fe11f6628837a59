/**
 * Compares two Debian package versions as dpkg does (deb-version(7)): negative when `a` is the older one. Epoch, upstream
 * version and revision are compared in turn.
 */
export function compareDebianVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)]
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  )
}

/** The upstream version as the kernel writes it: `6.1.192-1` -> `6.1.192`, `7.3~rc4-1~exp1` -> `7.3-rc4`. */
export function upstreamVersion(debianVersion: string): string {
  return parts(debianVersion).upstream.replace('~rc', '-rc')
}

function parts(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', upstream = '', revision = '0'] =
    /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? []
  return { epoch: Number(epoch), upstream, revision }
}

// Runs of non-digits and digits alternate; a missing run counts as empty, and as zero.
function compareParts(a: string, b: string): number {
  const [left, right] = [runs(a), runs(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [text, number] = left[index] ?? ['', 0]
    const [otherText, otherNumber] = right[index] ?? ['', 0]
    const difference = compareText(text, otherText) || number - otherNumber
    if (difference !== 0) return difference
  }
  return 0
}

function runs(text: string): [string, number][] {
  return [...text.matchAll(/(\D*)(\d*)/g)].map(([, letters = '', digits]) => [
    letters,
    Number(digits),
  ])
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = order(a[index]) - order(b[index])
    if (difference !== 0) return difference
  }
  return 0
}

/** A tilde sorts before the end, the end before letters, letters before everything else. */
function order(character: string | undefined): number {
  if (character === '~') return -1
  if (character === undefined) return 0
  const code = character.charCodeAt(0)
  return /[A-Za-z]/.test(character) ? code : code + 256
}
