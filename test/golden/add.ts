// usage: npm run golden [-- RUN_FOLDER SCENARIO...]
//
// Copies the consoles of scenarios out of a run's folder (as `guise run --output` leaves it), numbered behind those that are here, and
// makes what guise makes of every console anew. `git diff` then shows what a change of a parser does.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitStatusOf } from '../../runner/commands/exit-status-of.js'
import { InputError } from '../../runner/errors.js'
import { readRun } from '../../runner/record/read-run.js'
import { storyOf } from './story.js'

const here = import.meta.dirname
const consoles = () => readdirSync(here).filter(name => name.endsWith('.console'))

/** The consoles of scenarios of a run, as [file, the name that it gets behind its number]. */
function consolesOf(folder: string, scenarios: readonly string[]): [string, string][] {
  if (scenarios.length === 0) throw new InputError('expected the name of a scenario, got none')
  const { records } = readRun(folder)
  return scenarios.flatMap(scenario => {
    const found = records.flatMap(({ scenario: name, kernel, kernelLog, console }) => {
      // A quiet console has little; the kernel's whole log lies beside it.
      const file = kernelLog ?? console
      return name === scenario && file !== null
        ? [[file, `${name}-${kernel.version}.console`] satisfies [string, string]]
        : []
    })
    if (found.length > 0) return found
    throw new InputError(`${folder}: expected a console of ${scenario}, got none`)
  })
}

try {
  const [folder, ...scenarios] = process.argv.slice(2)
  const added = folder === undefined ? [] : consolesOf(folder, scenarios)
  const last = Math.max(0, ...consoles().map(name => Number.parseInt(name)))
  added.forEach(([file, name], index) => {
    copyFileSync(file, join(here, `${String(last + index + 1).padStart(2, '0')}-${name}`))
  })
  for (const name of consoles()) {
    const path = join(here, name)
    writeFileSync(path.replace(/\.console$/, '.json'), storyOf(readFileSync(path, 'latin1')))
  }
} catch (error) {
  process.exitCode = exitStatusOf(error)
}
