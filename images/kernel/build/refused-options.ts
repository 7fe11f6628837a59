import { execa } from 'execa'
import { withGuise } from '../../../runner/cache/child.js'
import type { BuildRecord } from './build-record.js'
import { parseFragment, refusedOptions } from './fragment.js'

/** What a build's record says of the options that this version did not take, in a sentence each; none where it took all. */
export function describeRefused({
  refused,
  version,
}: Pick<BuildRecord, 'refused' | 'version'>): string[] {
  const unknown = refused.filter(({ known }) => !known).map(({ name }) => name)
  const others = refused
    .filter(({ known }) => known)
    .map(({ name, asked, got }) => `${name} (asked ${asked}, got ${got})`)
  return [
    ...(unknown.length > 0 ? [`${version} does not know ${unknown.join(', ')}`] : []),
    ...(others.length > 0 ? [`${version} refused ${others.join(', ')}`] : []),
  ]
}

/**
 * The options of a fragment that a kernel has not taken, those that its version has apart from those that no Kconfig of it names.
 *
 * @param source - the path of the source tree
 * @param config - the text of the finished .config
 */
export async function findRefused(
  source: string,
  fragment: string,
  config: string,
): Promise<BuildRecord['refused']> {
  const refused = refusedOptions(parseFragment(fragment), config)
  if (refused.length === 0) return []
  const names = refused.map(({ name }) => name).join('|')
  const pattern = String.raw`^\s*(menu)?config\s+(${names})\s*$`
  const { stdout } = await execa(
    ...withGuise('grep', ['-rhE', '--include=Kconfig*', pattern, source]),
    {
      reject: false,
      stdin: 'ignore',
    },
  )
  const known = new Set(stdout.split('\n').map(line => line.trim().split(/\s+/)[1]))
  return refused.map(option => ({ ...option, known: known.has(option.name) }))
}
