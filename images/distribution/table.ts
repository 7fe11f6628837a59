import { EnvironmentError } from '../../runner/errors.js'
import type { FetchableQemu } from '../../runner/plan/better-qemu.js'
import type { ResolveOptions } from '../kernel/kernel.js'
import { debian } from './debian/debian.js'
import type { Distribution } from './distribution.js'

/** The distributions that guise has kernels of: a folder and a line each. */
export const distributions: readonly Distribution[] = [debian]

/** The distribution that a KERNEL SPEC names before its colon; undefined where the spec is a path. */
export function distributionOf(spec: string): Distribution | undefined {
  return distributions.find(({ name }) => spec.startsWith(`${name}:`))
}

/** The QEMUs that are taken unasked where this machine's does not serve, in the order in which they are preferred. */
export const fetchableQemus: readonly FetchableQemu[] = distributions.flatMap(({ qemus }) => qemus)

/** The forms of all distributions' KERNEL SPECs, such as `debian:SUITE or debian:VERSION`, for messages. */
export function specForms(): string {
  const forms = distributions.flatMap(distribution => distribution.specForms)
  return [forms.slice(0, -1).join(', '), ...forms.slice(-1)]
    .filter(text => text !== '')
    .join(' or ')
}

/**
 * Fetches a busybox for a guest, of whichever kernel: it needs nothing of a distribution.
 *
 * @returns the path of the program
 * @throws EnvironmentError when it cannot be fetched
 */
export async function fetchBusybox(options: ResolveOptions): Promise<string> {
  const [first] = distributions
  if (first === undefined) throw new EnvironmentError('no distribution has a busybox')
  return first.fetchBusybox(options)
}
