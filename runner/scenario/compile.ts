// Run by the build: checks the catalogue and writes it down for compiled.ts.
import { writeFileSync } from 'node:fs'
import { compiledCatalogue, scenariosFolder } from '../paths.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { compileCatalogue } from './compiled.js'
import { catalogueFiles, loadScenarios } from './load.js'

try {
  const scenarios = loadScenarios(catalogueFiles(scenariosFolder))
  writeFileSync(compiledCatalogue, compileCatalogue(scenariosFolder, scenarios))
} catch (error) {
  noteOnStderr((error as Error).message)
  process.exitCode = 2
}
