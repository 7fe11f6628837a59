import { existsSync } from 'node:fs'
import type { Side } from '../compare/subject.js'
import { InputError } from '../errors.js'
import { isCatalogueFile } from '../paths.js'
import type { Scenario } from '../scenario/scenario.js'
import { loadCatalogue, scenariosFor } from './catalogue.js'

/** The scenarios that results are of: those of the catalogue by these names, and those whose own file is still there. */
export async function scenariosOfSides(sides: readonly Side[]): Promise<Scenario[]> {
  const names = new Set<string>()
  const words = new Set<string>()
  for (const { scenario, record } of sides.flatMap(({ subjects }) => subjects)) {
    const file = record?.file ?? null
    if (file === null || isCatalogueFile(file) || !existsSync(file)) names.add(scenario)
    else words.add(`${file}:${scenario}`)
  }
  const own = words.size === 0 ? [] : await scenariosFor([...words])
  const ownNames = new Set(own.map(({ name }) => name))
  const catalogue = await loadCatalogue()
  return [...catalogue.filter(({ name }) => names.has(name) && !ownNames.has(name)), ...own]
}

/**
 * Of results that lie on the disk each word has to mean something.
 *
 * @throws InputError for a word of which no side has a scenario
 */
export async function requireEach(
  words: readonly string[],
  filter: string | undefined,
  sides: readonly Side[],
): Promise<void> {
  const known = new Set(sides.flatMap(({ subjects }) => subjects.map(({ scenario }) => scenario)))
  for (const word of words) {
    const scenarios = await scenariosFor([word], filter)
    if (scenarios.some(({ name }) => known.has(name))) continue
    const names = sides.map(({ name }) => name).join(' or ')
    throw new InputError(`${word}: expected a scenario of ${names}, got none that is there`)
  }
}

/** @throws InputError where no side has any of the scenarios that are left */
export function requireAny(
  scenarios: readonly Scenario[],
  filter: string | undefined,
  sides: readonly Side[],
): void {
  const names = new Set(scenarios.map(({ name }) => name))
  if (sides.some(({ subjects }) => subjects.some(({ scenario }) => names.has(scenario)))) return
  throw new InputError(
    `--filter: expected a scenario of ${sides.map(({ name }) => name).join(' or ')} for which \`${filter ?? ''}\` holds, got none`,
  )
}
