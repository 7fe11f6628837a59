// usage: npm run golden [-- RUN_FOLDER SCENARIO...]
//
// Copies the consoles of scenarios out of a run's folder (as `guise run --output` leaves it), numbered behind those that are here, and
// makes what guise makes of every console anew. `git diff` then shows what a change of a parser does.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRun } from '../../runner/record/read-run.js'
import { storyOf } from './story.js'

const here = import.meta.dirname
const consoles = () => readdirSync(here).filter(name => name.endsWith('.console'))

const [folder, ...scenarios] = process.argv.slice(2)
if (folder !== undefined) {
  const { records } = readRun(folder)
  for (const scenario of scenarios) {
    const found = records.filter(record => record.scenario === scenario && record.console !== null)
    if (found.length === 0) throw new Error(`${folder}: no console of ${scenario}`)
    for (const { console, kernelLog, kernel } of found) {
      const number = String(consoles().length + 1).padStart(2, '0')
      // A quiet console has little; the kernel's whole log lies beside it.
      copyFileSync(
        kernelLog ?? console ?? '',
        join(here, `${number}-${scenario}-${kernel.version}.console`),
      )
    }
  }
}
for (const name of consoles()) {
  const path = join(here, name)
  writeFileSync(path.replace(/\.console$/, '.json'), storyOf(readFileSync(path, 'latin1')))
}
