import * as z from 'zod'
import { readStanzas } from './package-stanza.js'
import { SuiteQuestion } from './suite-question.js'
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

/** Which kernel sources a suite has. */
export const suiteSources = new SuiteQuestion({
  kind: 'debian-source-packages',
  answer: z.array(packageSchema),
  what: 'kernel sources',
  names: ['^linux-source-[0-9]'],
  find: listSources,
})

/** The sources in a suite's package lists, as `apt-cache show` prints them. */
export function listSources(suite: string, lists: string): SourcePackage[] {
  return readStanzas(lists)
    .filter(({ name }) => /^linux-source-\d+(\.\d+)*$/.test(name))
    .map(({ name, version, source }) => ({
      suite,
      name,
      version,
      upstream: upstreamVersion(version),
      native: source === 'linux',
    }))
}
