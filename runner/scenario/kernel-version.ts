/** A version as kernels count them. */
export interface Version {
  /** Major, minor and point release; missing parts are 0. */
  readonly numbers: readonly number[]
  /** The release candidate's number, or null for a release. */
  readonly candidate: number | null
  /** Whether commits follow the tag: a `+`, `-dirty`, `-next-…` or `-NNNNN-gHASH` stands behind it. */
  readonly after: boolean
}

/**
 * Reads a version off the front of `text`: `6.1.192`, `7.3-rc4`, `6.19.0-rc3+`, `6.12.95-cloud-amd64`,
 * `6.18.0-rc1-next-20251110`. What a distribution adds (`-cloud-amd64`, `-76-generic`) counts for nothing.
 *
 * @returns null when `text` does not begin with a version
 */
export function parseVersion(text: string): Version | null {
  const match = /^v?(\d+(?:\.\d+){0,3})(?:-rc(\d+))?(.*)$/s.exec(text.trim())
  if (match === null) return null
  const [, numbers = '', candidate, rest = ''] = match
  return {
    numbers: numbers.split('.').map(Number),
    candidate: candidate === undefined ? null : Number(candidate),
    after: /^\+|\+$|-dirty\b|-next-\d|-\d+-g[0-9a-f]{7,}/.test(rest),
  }
}

/** Orders two versions: negative when `a` is before `b`. `7.3-rc4` < `7.3-rc4+` < `7.3` < `7.3.1`. */
export function compareVersions(a: Version, b: Version): number {
  const length = Math.max(a.numbers.length, b.numbers.length)
  for (let part = 0; part < length; part += 1) {
    const difference = (a.numbers[part] ?? 0) - (b.numbers[part] ?? 0)
    if (difference !== 0) return difference
  }
  const candidates = (a.candidate ?? Infinity) - (b.candidate ?? Infinity)
  // Infinity - Infinity, two releases, is NaN.
  if (candidates !== 0 && !Number.isNaN(candidates)) return candidates
  return Number(a.after) - Number(b.after)
}

/** The series that a version belongs to: `6.1` of `6.1.192`. */
export function seriesOf(version: Version): string {
  return `${version.numbers[0] ?? 0}.${version.numbers[1] ?? 0}`
}

type Comparator = (version: Version) => boolean

/** What a range may be written as: the text for messages. */
export const rangeGrammar =
  'a version range such as ">=5.10", ">=6.1.121 <6.2 || >=6.12.6" or "6.1" (that series)'

/**
 * Reads a range: comparators (`>=`, `>`, `<=`, `<`, `=`) joined by spaces (and) and `||` (or). A version without a
 * comparator, or with `=`, means all that begin with it: `6.1` holds for 6.1.192 and 6.1-rc3, not for 6.12.
 *
 * @returns null when `text` is no range
 */
export function parseRange(text: string): Comparator | null {
  const alternatives = text.split('||').map(part => {
    const comparators = part
      .trim()
      .replace(/([<>=])\s+/g, '$1')
      .split(/\s+/)
      .map(parseComparator)
    return comparators.every(comparator => comparator !== null) ? comparators : null
  })
  if (!alternatives.every(alternative => alternative !== null)) return null
  return version => alternatives.some(all => all.every(comparator => comparator(version)))
}

function parseComparator(text: string): Comparator | null {
  const match = /^(>=|>|<=|<|=)?\s*(\d+(?:\.\d+){0,3}(?:-rc\d+)?)$/.exec(text)
  const bound = match?.[2] === undefined ? null : parseVersion(match[2])
  if (match === null || bound === null) return null
  switch (match[1]) {
    case '>=':
      return version => compareVersions(version, bound) >= 0
    case '>':
      return version => compareVersions(version, bound) > 0
    case '<=':
      return version => compareVersions(version, bound) <= 0
    case '<':
      return version => compareVersions(version, bound) < 0
    default:
      return version =>
        bound.numbers.every((number, part) => (version.numbers[part] ?? 0) === number) &&
        (bound.candidate === null || bound.candidate === version.candidate)
  }
}
