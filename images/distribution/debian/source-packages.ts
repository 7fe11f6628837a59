import * as z from 'zod'
import { EnvironmentError } from '../../../runner/errors.js'
import { Memo } from '../../../runner/cache/memo.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { SuiteApt } from './apt.js'
import { packageStanzas } from './packages.js'
import { upstreamVersion } from './version.js'

/** A package with the source of a kernel. */
export type SourcePackage = z.infer<typeof packageSchema>

const packageSchema = z.object({
  suite: z.string(),
  /** Such as `linux-source-6.1`. */
  name: z.string(),
  /** The upstream version, e.g. `6.1.192`. */
  upstream: z.string(),
  version: z.string(),
  /** Whether it is of the suite's own kernel source. */
  native: z.boolean(),
})

const day = 24 * 3600 * 1000
const memo = new Memo('debian-source-packages', z.array(packageSchema).nullable(), day)

/** What of several suites is known. */
export interface FoundSources {
  readonly found: readonly SourcePackage[]
  /** Why the mirror could not be asked. */
  readonly trouble?: EnvironmentError
}

/** Finds the packages linux-source-VERSION of Debian's suites; an answer of the mirror serves for a day, and on where it is away. */
export async function sourcesOfSuites(
  suites: readonly string[],
  options: ResolveOptions,
): Promise<FoundSources> {
  const found: SourcePackage[] = []
  let trouble: EnvironmentError | undefined
  for (const suite of suites) {
    const recalled = memo.get(suite)
    if (recalled?.fresh || trouble) {
      found.push(...(recalled?.value ?? []))
      continue
    }
    try {
      found.push(...((await askMirror(suite, options)) ?? []))
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      trouble = error
      options.onProgress?.({ kind: 'note', text: error.message })
      found.push(...(recalled?.value ?? []))
    }
  }
  return trouble ? { found, trouble } : { found }
}

async function askMirror(
  suite: string,
  { signal, onProgress }: ResolveOptions,
): Promise<SourcePackage[] | null> {
  await using apt = await SuiteApt.open(suite, signal)
  onProgress?.({
    kind: 'note',
    text: `asking the mirror for the kernel sources in Debian's ${suite}`,
  })
  const answer = (await apt.update())
    ? listSources(suite, await apt.show(['^linux-source-[0-9]']))
    : null
  await memo.set(suite, answer)
  return answer
}

/** The sources in a suite's package lists, as `apt-cache show` prints them. */
export function listSources(suite: string, lists: string): SourcePackage[] {
  return packageStanzas(lists)
    .filter(({ name }) => /^linux-source-\d+(\.\d+)*$/.test(name))
    .map(({ name, version, source }) => ({
      suite,
      name,
      version,
      upstream: upstreamVersion(version),
      native: source === 'linux',
    }))
}
