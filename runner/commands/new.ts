import { basename, dirname, resolve } from 'node:path'
import { InputError } from '../errors.js'
import { isCatalogueFile } from '../paths.js'
import { scenarioTemplate } from '../scenario/template.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { loadCatalogue, scenariosFor } from './catalogue.js'
import { scenarioFromDump } from './scenario-from-dump.js'
import { ownText } from './scenario-own-text.js'
import { deliver, requireName } from './scenario-text.js'

/** The options of `guise new`. */
export interface NewOptions {
  readonly from?: string
  readonly like?: string
  readonly output?: string
  readonly force?: true
}

/**
 * `guise new NAME`: a scenario to start from, to stdout or to a new file: one that passes as it stands, one as another of the catalogue
 * (`--like`), or that of a machine's dump (`--from`).
 *
 * @throws InputError for a name that no scenario may have, and for what `--like` or `--from` cannot take
 */
export async function newCommand(asked: string, options: NewOptions): Promise<number> {
  const name = requireName('new', asked)
  if (options.from !== undefined && options.like !== undefined)
    throw new InputError('new: expected --from or --like, got both')
  const { yaml, notes } = await textOf(name, options)
  const namesake = (await loadCatalogue()).some(each => each.name === name)
  await deliver(yaml, options, () => {
    for (const note of notes) noteOnStderr(note)
    if (namesake)
      noteOnStderr(`the catalogue has a scenario \`${name}\`, too: they can't be run together`)
  })
  return 0
}

async function textOf(
  name: string,
  { from, like }: NewOptions,
): Promise<{ yaml: string; notes: readonly string[] }> {
  if (from !== undefined) {
    const { yaml, notes } = scenarioFromDump(from, { name, hypervisorLeaves: false })
    const heading = `# ${name}: the CPU of a dump; what is expected is what any kernel makes of it that knows its hypervisor.\n`
    return { yaml: heading + yaml, notes }
  }
  if (like === undefined) return { yaml: scenarioTemplate(name), notes: [] }
  const found = await scenariosFor([like])
  const [scenario] = found
  if (scenario === undefined || found.length > 1)
    throw new InputError(`--like: expected one scenario, got ${found.length} with \`${like}\``)
  const { copyScenario } = await import('../scenario/copy.js')
  const yaml = copyScenario(name, {
    text: await ownText(scenario),
    name: scenario.name,
    origin: isCatalogueFile(scenario.file) ? "guise's catalogue" : basename(scenario.file),
    dumpPath: path => resolve(dirname(scenario.file), path),
  })
  return { yaml, notes: [] }
}
