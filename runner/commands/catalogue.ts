import { InputError } from '../errors.js'
import { compiledCatalogue, scenariosFolder } from '../paths.js'
import { readCompiledCatalogue } from '../scenario/compiled.js'
import type { Scenario } from '../scenario/scenario.js'
import { isFileName, selectScenarios } from '../scenario/select.js'

/**
 * The scenarios that the words of a command line mean: names and `@group`s of the catalogue, and files.
 *
 * @throws InputError for a bad file and for an unknown word
 */
export async function scenariosFor(words: readonly string[]): Promise<Scenario[]> {
  const files = words.filter(isFileName)
  const names = words.filter(word => !isFileName(word))
  const own = files.length > 0 ? (await loader()).loadScenarios(files) : []
  const fromCatalogue = words.length === 0 || names.length > 0
  const catalogue = fromCatalogue ? await loadCatalogue() : []
  const selected = fromCatalogue ? selectScenarios(catalogue, names) : []
  refuseNamesakes(selected, own)
  return [...selected, ...own]
}

async function loadCatalogue(): Promise<Scenario[]> {
  const compiled = readCompiledCatalogue(scenariosFolder, compiledCatalogue)
  if (compiled !== null) return compiled
  const { catalogueFiles, loadScenarios } = await loader()
  return loadScenarios(catalogueFiles(scenariosFolder))
}

/** What reads YAML takes longer to load than all else that `guise list` does. */
function loader() {
  return import('../scenario/load.js')
}

/** Two scenarios of one name would write the same console and the same record. */
function refuseNamesakes(selected: readonly Scenario[], own: readonly Scenario[]): void {
  const twins = own.filter(({ name }) => selected.some(other => other.name === name))
  if (twins.length === 0) return
  const lines = twins.map(
    ({ name, file }) => `${file}: name: expected one that no other has here, got \`${name}\``,
  )
  throw new InputError(lines.join('\n'))
}
