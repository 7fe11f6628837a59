import { scenariosFolder } from '../paths.js'
import { catalogueFiles, loadScenarios } from '../scenario/load.js'
import type { Scenario } from '../scenario/scenario.js'
import { isFileName, selectScenarios } from '../scenario/select.js'

/**
 * The scenarios that the words of a command line mean: names and `@group`s of the catalogue, and files.
 *
 * @throws InputError for a bad file and for an unknown word
 */
export function scenariosFor(words: readonly string[]): Scenario[] {
  const files = words.filter(isFileName)
  const names = words.filter(word => !isFileName(word))
  const own = loadScenarios(files)
  const fromCatalogue = words.length === 0 || names.length > 0
  const catalogue = fromCatalogue ? loadScenarios(catalogueFiles(scenariosFolder)) : []
  return [...(fromCatalogue ? selectScenarios(catalogue, names) : []), ...own]
}
