import { compareVersions, parseRange, parseVersion } from './kernel-version.js'
import type { Fidelity } from './outcome.js'
import type { Expectation } from './expectation-schema.js'

/** What a scenario's conditions are held against. */
export interface Circumstances {
  /** The kernel's upstream version, such as `6.1.192`. */
  readonly kernel: string
  /** QEMU's version, such as `7.2.22`. */
  readonly qemu: string
  readonly fidelity: Fidelity
  /** The CPU vendor that the guest sees, such as `AuthenticAMD`; null where it is not known. */
  readonly vendor: string | null
}

/** The first expectation whose conditions all hold, or undefined where none does. */
export function expectationFor(
  expectations: readonly Expectation[],
  circumstances: Circumstances,
): Expectation | undefined {
  return expectations.find(({ when = {} }) => holds(when, circumstances))
}

/** Whether all of the conditions hold; those that are not stated do. */
export function holds(
  when: NonNullable<Expectation['when']>,
  circumstances: Circumstances,
): boolean {
  return (
    inRange(circumstances.kernel, when.kernel) &&
    inRange(circumstances.qemu, when.qemu) &&
    (when.fidelity ?? circumstances.fidelity) === circumstances.fidelity &&
    (when.vendor ?? circumstances.vendor) === circumstances.vendor
  )
}

/** Whether any expectation may hold at `fidelity`, whatever the other circumstances. */
export function expectsAnythingAt(
  fidelity: Fidelity,
  expectations: readonly Expectation[],
): boolean {
  return expectations.some(({ when = {} }) => (when.fidelity ?? fidelity) === fidelity)
}

/** Whether `version` lies in `range`; every version lies in no range. A version that can't be read lies in none. */
export function inRange(version: string, range: string | undefined): boolean {
  if (range === undefined) return true
  const parsed = parseVersion(version)
  return parsed !== null && parseRange(range)?.(parsed) === true
}

/**
 * The lowest version that lies in all of these ranges, or null where none does. Where a range begins behind a version, as `>10.0` does,
 * the lowest is one step of the fourth number behind that.
 */
export function lowestVersion(...ranges: readonly string[]): string | null {
  // What lies in several intervals begins where one of them does.
  const starts = ranges
    .flatMap(range => range.match(/\d+(?:\.\d+)*(?:-rc\d+)?/g) ?? [])
    .flatMap(bound => [bound, justBehind(bound)])
  return (
    ['0', ...starts].sort(inOrder).find(version => ranges.every(each => inRange(version, each))) ??
    null
  )
}

function justBehind(bound: string): string {
  const [major = 0, minor = 0, point = 0, last = 0] = parseVersion(bound)?.numbers ?? []
  return [major, minor, point, last + 1].join('.')
}

function inOrder(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left === null || right === null ? 0 : compareVersions(left, right)
}
