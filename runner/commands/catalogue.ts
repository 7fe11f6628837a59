import { existsSync, statSync } from 'node:fs'
import { describeNote } from '../cpuid/dump/describe.js'
import { InputError } from '../errors.js'
import { compiledCatalogue, scenariosFolder } from '../paths.js'
import { readCompiledCatalogue } from '../scenario/compiled.js'
import type { Scenario } from '../scenario/scenario.js'
import { isFileName, selectScenarios, splitFileWord } from '../scenario/select.js'
import { noteOnStderr } from '../terminal/standard-error.js'

/**
 * The scenarios that the words of a command line mean: names, `@group`s and globs of the catalogue, files, folders of files,
 * and `FILE:NAME`.
 *
 * @param filter - an expression of `--filter`, which takes some of them; without it all
 * @throws InputError for a bad file, for an unknown word, and for an expression that can't be read or takes none
 */
export async function scenariosFor(words: readonly string[], filter?: string): Promise<Scenario[]> {
  const selected = await scenariosOf(words)
  if (filter === undefined) return selected
  const { filterScenarios } = await import('../scenario/filter/filter.js')
  // A group of the catalogue's may be named though none of these is in it.
  return filterScenarios(selected, filter, words.length === 0 ? [] : await loadCatalogue())
}

async function scenariosOf(words: readonly string[]): Promise<Scenario[]> {
  const names = words.filter(word => !isFileName(word))
  const own = await fromFiles(words.filter(isFileName))
  const fromCatalogue = words.length === 0 || names.length > 0
  const catalogue = fromCatalogue ? await loadCatalogue() : []
  const selected = fromCatalogue ? selectNamed(catalogue, names) : []
  refuseNamesakes(selected, own)
  return [...selected, ...own]
}

/** The catalogue as a whole. */
export async function loadCatalogue(): Promise<Scenario[]> {
  const compiled = readCompiledCatalogue(scenariosFolder, compiledCatalogue)
  if (compiled !== null) return compiled
  const { catalogueFiles, loadScenarios } = await loader()
  return loadScenarios(catalogueFiles(scenariosFolder))
}

function selectNamed(catalogue: readonly Scenario[], names: readonly string[]): Scenario[] {
  try {
    return selectScenarios(catalogue, names)
  } catch (error) {
    const here = names.filter(name => existsSync(name)).map(name => `; is \`./${name}\` meant?`)
    if (here.length === 0) throw error
    throw new InputError(`${(error as Error).message}${here.join('')}`, { cause: error })
  }
}

async function fromFiles(words: readonly string[]): Promise<Scenario[]> {
  if (words.length === 0) return []
  const { loadScenarios } = await loader()
  const wanted = await Promise.all(words.map(filesOf))
  const loaded = loadScenarios([...new Set(wanted.flatMap(({ files }) => files))], dump => {
    for (const note of dump.notes) noteOnStderr(describeNote(dump.file, note))
  })
  const selected = wanted.flatMap(({ files, names }) => {
    const own = loaded.filter(({ file }) => files.includes(file))
    return names === null ? own : selectScenarios(own, [names])
  })
  return [...new Set(selected)]
}

async function filesOf(word: string): Promise<{ files: string[]; names: string | null }> {
  // A file may have a colon in its name.
  const { path, names } = existsSync(word) ? { path: word, names: null } : splitFileWord(word)
  if (!isFolder(path)) return { files: [path], names }
  const { catalogueFiles } = await loader()
  const files = catalogueFiles(path)
  if (files.length === 0) {
    throw new InputError(`${path}: expected a folder with scenario files (*.yaml), got none`)
  }
  return { files, names }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
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
