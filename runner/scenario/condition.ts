import { parseRange, parseVersion } from './kernel-version.js'
import type { Fidelity } from './outcome.js'
import type { Expectation } from './expectation-schema.js'

/** What a scenario's conditions are held against. */
export interface Circumstances {
  /** The kernel's upstream version, such as `6.1.192`. */
  readonly kernel: string
  /** QEMU's version, such as `7.2.22`. */
  readonly qemu: string
  readonly fidelity: Fidelity
  /** The CPU vendor that the guest sees, such as `AuthenticAMD`. */
  readonly vendor: string
}

/** The first expectation whose conditions all hold, or undefined where none does. */
export function expectationFor(
  expectations: readonly Expectation[],
  circumstances: Circumstances,
): Expectation | undefined {
  return expectations.find(({ when = {} }) => {
    return (
      inRange(circumstances.kernel, when.kernel) &&
      inRange(circumstances.qemu, when.qemu) &&
      (when.fidelity ?? circumstances.fidelity) === circumstances.fidelity &&
      (when.vendor ?? circumstances.vendor) === circumstances.vendor
    )
  })
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
