// usage: npm run golden [-- RUN_FOLDER SCENARIO...]
//
// Copies the consoles of scenarios out of a run's folder (as `guise run --output` leaves it, wherever it lies now), numbered behind those
// that are here, and makes what guise makes of every console anew. `git diff` then shows what a change of a parser does.
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  lstatSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { exitStatusOf } from '../../runner/commands/exit-status-of.js'
import { InputError } from '../../runner/errors.js'
import { readRun } from '../../runner/record/read-run.js'
import { type EndedBy, endIn, endOf, storyOf } from './story.js'

interface Golden {
  /** The console's file. */
  readonly from: string
  /** Its name here, behind the number. */
  readonly name: string
  readonly endedBy: EndedBy
}

const here = import.meta.dirname
const mostBytes = 1024 * 1024

const consoles = () => readdirSync(here).filter(name => name.endsWith('.console'))
const storyPath = (name: string) => join(here, name.replace(/\.console$/, '.json'))

/** The consoles of scenarios of a run. A record names its console as it lay then, and may come from anybody: only its name counts. */
function consolesOf(folder: string, scenarios: readonly string[]): Golden[] {
  if (scenarios.length === 0) throw new InputError('expected the name of a scenario, got none')
  const { manifest, records } = readRun(folder)
  return [...new Set(scenarios)].flatMap(scenario => {
    const found = records.filter(record => record.scenario === scenario && record.console !== null)
    if (found.length === 0)
      throw new InputError(`${folder}: expected a console of ${scenario}, got none`)
    return found.map(record => {
      const { kernel, kernelLog, console } = record
      const place = manifest.kernels.find(({ sha256 }) => sha256 === kernel.sha256)?.folder ?? ''
      // A quiet console has little; the kernel's whole log lies beside it.
      const from = join(folder, basename(place), basename(kernelLog ?? console ?? ''))
      const size = existsSync(from) && lstatSync(from).isFile() ? lstatSync(from).size : null
      if (size === null || size > mostBytes || !/^[\w.+-]+$/.test(kernel.version)) {
        throw new InputError(
          `${from}: expected a console of at most ${mostBytes} bytes, of a kernel with a version, got ${size ?? 'no'} bytes of ${JSON.stringify(kernel.version)}`,
        )
      }
      const version = `${kernel.version}${record.fidelity === 'kvm' ? '-kvm' : ''}`
      return { from, name: `${scenario}-${version}.console`, endedBy: endOf(record) }
    })
  })
}

try {
  const [folder, ...scenarios] = process.argv.slice(2)
  const added = folder === undefined ? [] : consolesOf(folder, scenarios)
  const last = Math.max(0, ...consoles().map(name => Number.parseInt(name)))
  for (const name of consoles()) {
    const endedBy = endIn(readFileSync(storyPath(name), 'utf8'))
    writeFileSync(storyPath(name), storyOf(readFileSync(join(here, name), 'latin1'), endedBy))
  }
  added.forEach(({ from, name, endedBy }, index) => {
    const numbered = `${String(last + index + 1).padStart(2, '0')}-${name}`
    writeFileSync(storyPath(numbered), storyOf(readFileSync(from, 'latin1'), endedBy))
    copyFileSync(from, join(here, numbered))
  })
} catch (error) {
  process.exitCode = exitStatusOf(error)
}
