import { basename, extname } from 'node:path'
import { noteOnStderr } from '../terminal/standard-error.js'
import { scenarioFromDump } from './scenario-from-dump.js'
import { deliver, requireName } from './scenario-text.js'

/** The options of `guise import`. */
export interface ImportOptions {
  readonly name?: string
  readonly output?: string
  readonly force?: true
  readonly cpus?: number
  readonly hypervisorLeaves?: true
}

/**
 * `guise import FILE`: makes a scenario of a machine's dump and writes it to stdout or to a new file. What of the dump is not
 * served is told on stderr.
 *
 * @throws InputError where the file is no dump, or lacks what is asked for
 */
export async function importCommand(file: string, options: ImportOptions): Promise<number> {
  const { name: asked, cpus, hypervisorLeaves = false } = options
  const name = asked === undefined ? nameOf(file) : requireName('--name', asked)
  const { yaml, notes } = scenarioFromDump(file, { name, cpus, hypervisorLeaves })
  await deliver(yaml, options, () => {
    for (const note of notes) noteOnStderr(note)
  })
  return 0
}

/** A name made of the file's. */
function nameOf(file: string): string {
  const words = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 100)
    .replace(/^-|-$/g, '')
  return words === '' ? 'imported' : words
}
