import { distributionOf, fetchableQemus } from '../../images/distribution/table.js'
import type { ResolveOptions } from '../../images/kernel/kernel.js'
import { EnvironmentError, InputError } from '../errors.js'
import { askQemu, findQemu, NoQemuError, type Qemu, qemuName } from '../launch/qemu.js'
import { formatTried, type TriedQemu } from '../plan/tried-qemu.js'

/** A QEMU, and why it is not the one in PATH. */
export interface FoundQemu {
  readonly qemu: Qemu
  /** Null where it is the one in PATH, or was asked for by name. */
  readonly why: string | null
}

/** Fetches the QEMU of a spec such as `debian:trixie`. */
export type FetchQemu = (spec: string, options: ResolveOptions) => Promise<Qemu>

/**
 * The QEMU that is asked for: by its path, by a distribution's suite (`debian:trixie`, which is fetched and not installed), or without
 * a word the one in PATH. Where none is there, a suite's is taken, which `onProgress` is told.
 *
 * @param fetch - how that of a suite is fetched
 * @throws InputError for a suite that has none
 * @throws EnvironmentError when there is none, and none can be fetched
 */
export async function askedQemu(
  asked: string | undefined,
  options: ResolveOptions = {},
  fetch: FetchQemu = fetchQemu,
): Promise<FoundQemu> {
  if (asked !== undefined) {
    const isSpec = distributionOf(asked) !== undefined
    const qemu = isSpec ? await fetch(asked, options) : await findQemu(asked, options.signal)
    return { qemu, why: null }
  }
  try {
    return { qemu: await findQemu(undefined, options.signal), why: null }
  } catch (error) {
    if (!(error instanceof NoQemuError)) throw error
    return takeInstead(error, options, fetch)
  }
}

async function takeInstead(
  nothing: NoQemuError,
  options: ResolveOptions,
  fetch: FetchQemu,
): Promise<FoundQemu> {
  const [first] = fetchableQemus
  if (first === undefined) throw nothing
  const { spec } = first
  const why = `there is no ${qemuName} in PATH`
  options.onProgress?.({ kind: 'note', text: `${why}: taking ${spec}’s` })
  const qemu = await tryToFetch(spec, options, fetch)
  if ('trouble' in qemu) {
    throw new EnvironmentError(`${nothing.message}; ${formatTried(qemu)}`, { cause: nothing })
  }
  return { qemu, why }
}

/**
 * Fetches a QEMU that nobody asked for by name: what it fails of is an answer, of one line, and ends no run.
 *
 * @throws whatever the signal's reason comes to, once that is aborted
 */
export async function tryToFetch(
  spec: string,
  options: ResolveOptions,
  fetch: FetchQemu = fetchQemu,
): Promise<Qemu | Extract<TriedQemu, { trouble: string }>> {
  try {
    return await fetch(spec, options)
  } catch (error) {
    if (options.signal?.aborted === true || !(error instanceof Error)) throw error
    return { spec, trouble: error.message.split('\n', 1)[0] ?? '' }
  }
}

async function fetchQemu(spec: string, options: ResolveOptions): Promise<Qemu> {
  const distribution = distributionOf(spec)
  if (distribution === undefined) throw new InputError(`QEMU ${spec}: no distribution has it`)
  const { program, command } = await distribution.fetchQemu(spec, options)
  return askQemu({ path: program, name: spec, command }, options.signal)
}
